import { Readable } from 'node:stream';
import { DatabaseFault, type Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import type { CheckedQuery } from './contract-query.ts';
import { scanText } from './compose.ts';
import { failedOnRow } from './failed-on-row.ts';
import { windowOf, type Selection } from './selection.ts';

/**
 * The bytes of the selected rows' lines as the server sends them: nothing is done per row. An error of the server comes
 * out of the stream as a sentence without values.
 */
export async function scanRows(
  session: Session,
  query: CheckedQuery,
  selection: Selection,
  noteError: (error: unknown) => void,
): Promise<Readable> {
  const text = scanText(query, selection);
  await session.run(statement('ehr/internal/set-window'), windowOf(selection));
  const lines = session.copySource(text);
  // When a reader leaves early, the connection is closed under the COPY; that is the end of it and not news.
  lines.on('error', () => undefined);
  return Readable.from(explained(session, query, lines, noteError), { objectMode: false });
}

async function* explained(
  session: Session,
  query: CheckedQuery,
  lines: Readable,
  noteError: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of lines as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    noteError(error);
    throw explainScan(query, session.explain(`the scan through ${query.file}`, error));
  }
}

function explainScan({ file }: CheckedQuery, error: Error): Error {
  if (!(error instanceof DatabaseFault)) return error;
  return failedOnRow(file, error, ', which ends a scan of all rows') ?? error;
}
