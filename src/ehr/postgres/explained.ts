import { DatabaseFault, UsageFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { endsTheScan, fetchTimeout, scanTimeout } from '../read/read-timeout.ts';
import { describeDatabaseError } from '../../postgres/database-error.ts';

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

/**
 * Explains a contract query that the server accepted and that then failed on one of its rows; null if the query is not
 * to blame. `consequence` follows the description of the failure.
 */
export function failedOnRow(
  file: string,
  error: DatabaseFault,
  { serverEncoding, consequence = '' }: { readonly serverEncoding: string; readonly consequence?: string },
): UsageFault | null {
  // The text is invalid in its encoding (22021) or lacks an equivalent in the other one (22P05).
  if (error.code === '22021' || error.code === '22P05') {
    return new UsageFault(
      `${file} gives a text that the server cannot turn into UTF-8 (SQLSTATE ${error.code}; the encoding of the database is ` +
        `${serverEncoding})${consequence}; correct that text in the EHR, or let the query name the column's real encoding: ` +
        "convert_from(convert_to(the_column, getdatabaseencoding()), 'WIN1252').",
      { cause: error },
    );
  }
  if (error.code.startsWith('22')) {
    return new UsageFault(
      `${file} failed on a value that it could not convert (SQLSTATE ${error.code})${consequence}; ` +
        'let it convert only checked values, or return the column as text: an unreadable value is then reported with its row.',
      { cause: error },
    );
  }
  if (error.code === '25006') {
    return new UsageFault(
      `${file} would write into the EHR, itself or by a function that it calls (SQLSTATE 25006)${consequence}; ` +
        'the EHR is only read, so take that out.',
      { cause: error },
    );
  }
  if (!isTheQuerysOwn(error.code)) return null;
  return new UsageFault(
    `${file} failed on one of its rows: ${describeDatabaseError(error.cause)}${consequence}; ` +
      'run the file by hand as the role of EHR_URL, which shows what failed on which row, and mend it.',
    { cause: error },
  );
}

/** Classes: 0A unsupported, 42 names and rights, P0 raised by the site's own functions. */
const isTheQuerysOwn = (sqlState: string): boolean => /^(?:0A...|42...|P0...)$/.test(sqlState);
