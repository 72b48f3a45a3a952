import { DatabaseFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { endsTheScan, fetchTimeout, scanTimeout } from '../read/read-timeout.ts';
import { failedOnRow } from './failed-on-row.ts';

/** The error of a fetch, in a sentence with a remedy. */
export function explainFetch(
  { greeting, statementLimitIsTheirs }: Session,
  { file }: SiteQuery,
  remedy: string,
  error: unknown,
): unknown {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout) {
    return fetchTimeout(file, statementLimitIsTheirs ? 'statement_timeout' : null, remedy, error);
  }
  return failedOnRow(file, error, { serverEncoding: greeting.encoding }) ?? error;
}

/** The error of a scan, in a sentence with a remedy. */
export function explainScan({ greeting, statementLimitIsTheirs }: Session, { file }: SiteQuery, error: Error): Error {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout && statementLimitIsTheirs) {
    return new DatabaseFault(
      `The scan of ${file} took longer than the EHR's statement_timeout (of the role, the database or the server), ` +
        "or the EHR's administrator ended it; nothing was sent. Ask the administrator for more time, then set EHR_SCAN_TIMEOUT.",
      error.code,
      { cause: error },
    );
  }
  if (error.isTimeout) return scanTimeout(file, error, ", or the EHR's administrator ended it");
  return failedOnRow(file, error, { serverEncoding: greeting.encoding, consequence: endsTheScan }) ?? error;
}
