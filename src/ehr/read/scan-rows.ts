import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseFault } from '../../postgres/database-fault.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { CheckedQuery } from '../contract/contract-query.ts';
import { scanText } from '../contract/compose.ts';
import { failedOnRow } from './failed-on-row.ts';
import { holdsAnyBytes, markedLines } from '../contract/unchecked-bytes.ts';
import { windowOf, type Selection } from './selection.ts';

/** How an EHR is read that others work with. */
export interface ScanPace {
  /** One query over all rows may take so long; 0 for as long as it takes. */
  readonly timeoutMs: number;
  /** Nobody has asked for that time, so a shorter one that the EHR's administrator has set stands. */
  readonly timeoutYields?: boolean;
  /** Rest after each megabyte. */
  readonly pauseMs: number;
}

/** The rest after each megabyte, and what ends it early. */
export type Rest = Pick<ScanPace, 'pauseMs'> & { readonly signal: AbortSignal | undefined };

export const unhurried: ScanPace = { timeoutMs: 0, pauseMs: 0 };

const bytesPerPause = 1_000_000;

/**
 * The bytes of the selected rows' lines as the server sends them: nothing is done per row, where the server has checked them. An error of the server comes
 * out of the stream as a sentence without values.
 */
export async function scanRows(
  session: Session,
  query: CheckedQuery,
  selection: Selection,
  rest: Rest,
  noteError: (error: unknown) => void,
): Promise<Readable> {
  const text = scanText(query, selection);
  await session.run(statement('ehr/internal/set_window'), windowOf(selection));
  const lines = session.copySource(text);
  // When a reader leaves early, the connection is closed under the COPY; that is the end of it and not news.
  lines.on('error', () => undefined);
  const rows = holdsAnyBytes(session) ? markedLines(rested(lines, rest)) : rested(lines, rest);
  return Readable.from(explained(session, query, rows, noteError), { objectMode: false });
}

/** While nothing is read, the server has nowhere to write to, and waits as well. */
async function* rested(lines: AsyncIterable<Buffer>, { pauseMs, signal }: Rest): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of lines) {
    yield chunk;
    bytes += chunk.length;
    if (pauseMs > 0 && bytes >= bytesPerPause) {
      bytes = 0;
      // A signal ends the rest too; what it means for the scan, the session says.
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function* explained(
  session: Session,
  query: CheckedQuery,
  lines: AsyncIterable<Buffer>,
  noteError: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of lines) yield chunk;
  } catch (error) {
    noteError(error);
    throw explainScan(session, query, session.explain(`the scan through ${query.file}`, error));
  }
}

function explainScan({ serverEncoding, statementLimitIsTheirs }: Session, { file }: CheckedQuery, error: Error): Error {
  if (!(error instanceof DatabaseFault)) return error;
  if (error.code === '57014' && statementLimitIsTheirs) {
    return new DatabaseFault(
      `The scan through ${file} took longer than the EHR lets a statement take (statement_timeout of the role, the database or the server), ` +
        "or the EHR's administrator ended it; nothing was sent. Ask the administrator for more time; EHR_SCAN_TIMEOUT then stands in its place.",
      error.code,
      { cause: error },
    );
  }
  if (error.code === '57014') {
    return new DatabaseFault(
      `The scan through ${file} took longer than EHR_SCAN_TIMEOUT allows, or the EHR's administrator ended it; nothing was sent. ` +
        'Run at a quieter hour, see in the EHR what the query waits for, or raise EHR_SCAN_TIMEOUT; a shorter EHR_SCAN_PAUSE helps too.',
      error.code,
      { cause: error },
    );
  }
  return failedOnRow(file, error, { serverEncoding, consequence: ', which ends a scan of all rows' }) ?? error;
}
