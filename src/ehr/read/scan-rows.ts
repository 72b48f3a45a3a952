import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckedQuery } from '../contract/contract-query.ts';
import type { EhrSession } from '../engine.ts';
import type { Selection } from './selection.ts';

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

/** Streams the selected rows' lines as the server sends them. A server error arrives as a sentence free of values. */
export async function scanRows(
  session: EhrSession,
  query: CheckedQuery,
  selection: Selection,
  rest: Rest,
  noteError: (error: unknown) => void,
): Promise<Readable> {
  const lines = await session.scan(query, selection);
  return Readable.from(noting(rested(lines, rest), noteError), { objectMode: false });
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

async function* noting(lines: AsyncIterable<Buffer>, noteError: (error: unknown) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of lines) yield chunk;
  } catch (error) {
    noteError(error);
    throw error;
  }
}
