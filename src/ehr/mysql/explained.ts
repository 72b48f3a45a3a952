import { DatabaseFault, UsageFault } from '../../fault.ts';
import type { MysqlSession } from '../../mysql/session.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import { endsTheScan, fetchTimeout, scanTimeout } from '../read/read-timeout.ts';

/** The error of a fetch, in a sentence with a remedy. */
export function explainFetch(
  { limitIsTheirs, flavour }: MysqlSession,
  { file }: SiteQuery,
  remedy: string,
  error: unknown,
): unknown {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout) {
    return fetchTimeout(file, limitIsTheirs ? limitName(flavour.name) : null, remedy, error);
  }
  return failedOnRow(file, error, '');
}

/** The error of a scan, in a sentence with a remedy. */
export function explainScan({ limitIsTheirs, flavour }: MysqlSession, { file }: SiteQuery, error: Error): Error {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.isTimeout && limitIsTheirs) {
    return new DatabaseFault(
      `The scan of ${file} took longer than the EHR's ${limitName(flavour.name)} (of the account or the server); nothing was sent. ` +
        'Ask the administrator for more time, then set EHR_SCAN_TIMEOUT.',
      error.code,
      { cause: error },
    );
  }
  if (error.isTimeout) return scanTimeout(file, error);
  return failedOnRow(file, error, endsTheScan);
}

const limitName = (server: string): string => (server === 'MariaDB' ? 'max_statement_time' : 'max_execution_time');

/** The state of the server, which no query is to blame for. */
const ofTheServer: ReadonlySet<string> = new Set([
  'ER_QUERY_INTERRUPTED',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_SERVER_SHUTDOWN',
  'ER_OUT_OF_RESOURCES',
  'ER_DISK_FULL',
]);

/** A query that the server accepted and that then failed on one of its rows. */
function failedOnRow(file: string, error: DatabaseFault, consequence: string): Error {
  if (ofTheServer.has(error.code)) return error;
  return new UsageFault(
    `${file} failed on one of its rows: ${error.sentence.replace(/^The EHR refused [^:]*: /, '').replace(/\.$/, '')}${consequence}; ` +
      'run the file by hand as the account of EHR_URL, which shows what failed on which row, and mend it.',
    { cause: error },
  );
}
