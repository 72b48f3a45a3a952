import { Readable } from 'node:stream';
import { encodeCopyLine } from '../core/copy-text.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';

/** So many lines are written in one go: Postgres takes them while the next are written. */
const sliceLines = 500;

/** Copies a page into a table of ours, by the statement of that name. `lineOf`: the columns of one of its lines. */
export async function copyLines<T>(
  writer: Session,
  name: string,
  page: readonly T[],
  lineOf: (item: T) => readonly (string | null)[],
): Promise<void> {
  if (page.length === 0) return;
  await writer.copyIn(name, statement(name).text, Readable.from(slicesOf(page, lineOf)));
}

function* slicesOf<T>(page: readonly T[], lineOf: (item: T) => readonly (string | null)[]): Generator<string> {
  for (let at = 0; at < page.length; at += sliceLines) {
    let lines = '';
    for (const item of page.slice(at, at + sliceLines)) lines += `${encodeCopyLine(lineOf(item))}\n`;
    yield lines;
  }
}
