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

/** Limits the load on an EHR that people are using. */
export interface ScanPace {
  /** Limit of one query over all rows; 0 for unlimited. */
  readonly timeoutMs: number;
  /** The limit is a default, so a shorter one set by the EHR's administrator wins. */
  readonly timeoutYields?: boolean;
  /** Pause after each megabyte. */
  readonly pauseMs: number;
}

/** The pause after each megabyte, and the signal that ends it early. */
export type Rest = Pick<ScanPace, 'pauseMs'> & { readonly signal: AbortSignal | undefined };

export const unhurried: ScanPace = { timeoutMs: 0, pauseMs: 0 };

const bytesPerPause = 1_000_000;

/**
 * Streams the selected rows' lines as the server sends them; only a server that leaves bytes unchecked needs work per
 * row. A server error arrives as a sentence free of values.
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
  // A reader that leaves early closes the connection under the COPY; that error is expected.
  lines.on('error', () => undefined);
  const rows = holdsAnyBytes(session) ? markedLines(rested(lines, rest)) : rested(lines, rest);
  return Readable.from(explained(session, query, rows, noteError), { objectMode: false });
}

/** Pauses the reading; the server then waits too, because its output has nowhere to go. */
async function* rested(lines: AsyncIterable<Buffer>, { pauseMs, signal }: Rest): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of lines) {
    yield chunk;
    bytes += chunk.length;
    if (pauseMs > 0 && bytes >= bytesPerPause) {
      bytes = 0;
      // The signal also ends the pause; the session decides what it means for the scan.
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
      `The scan of ${file} took longer than the EHR's statement_timeout (of the role, the database or the server), ` +
        "or the EHR's administrator ended it; nothing was sent. Ask the administrator for more time, then set EHR_SCAN_TIMEOUT.",
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
