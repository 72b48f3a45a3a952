import { DatabaseFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { failedOnRow } from './failed-on-row.ts';

/** The error of a fetch, in a sentence with a remedy. */
export function explainFetch(
  { serverEncoding, statementLimitIsTheirs }: Session,
  { file }: SiteQuery,
  remedy: string,
  error: unknown,
): unknown {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout) {
    return new DatabaseFault(
      `A fetch through ${file} took longer than ${statementLimitIsTheirs ? 'the EHR lets a statement take (statement_timeout)' : 'a minute'} and was given up; ${remedy}.`,
      error.code,
      { cause: error },
    );
  }
  return failedOnRow(file, error, { serverEncoding }) ?? error;
}

/** The error of a scan, in a sentence with a remedy. */
export function explainScan(
  { serverEncoding, statementLimitIsTheirs }: Session,
  { file }: SiteQuery,
  error: Error,
): Error {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout && statementLimitIsTheirs) {
    return new DatabaseFault(
      `The scan of ${file} took longer than the EHR's statement_timeout (of the role, the database or the server), ` +
        "or the EHR's administrator ended it; nothing was sent. Ask the administrator for more time, then set EHR_SCAN_TIMEOUT.",
      error.code,
      { cause: error },
    );
  }
  if (error.isTimeout) return scanTimeout(file, error);
  return failedOnRow(file, error, { serverEncoding, consequence: endsTheScan }) ?? error;
}

export const endsTheScan = ', which ends a scan of all rows';

/** The scan hit our own limit. */
export const scanTimeout = (file: string, error: DatabaseFault): DatabaseFault =>
  new DatabaseFault(
    `The scan through ${file} took longer than EHR_SCAN_TIMEOUT allows, or the EHR's administrator ended it; nothing was sent. ` +
      'Run at a quieter hour, see in the EHR what the query waits for, or raise EHR_SCAN_TIMEOUT; a shorter EHR_SCAN_PAUSE helps too.',
    error.code,
    { cause: error },
  );
