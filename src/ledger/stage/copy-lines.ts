import { Readable } from 'node:stream';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { Session } from '../../postgres/session.ts';
import type { Statement } from '../../postgres/sql-file.ts';

/** Lines per write: Postgres takes them while the next are prepared. */
const sliceLines = 500;

/** Copies items into a table of ours, by its COPY. `lineOf`: the columns of the line of one. */
export async function copyLines<T>(
  writer: Session,
  { name, text }: Statement,
  items: Iterable<T>,
  lineOf: (item: T) => readonly (string | null)[],
): Promise<void> {
  const slices = slicesOf(items, lineOf);
  const first = slices.next();
  if (first.done === true) return;
  await writer.copyIn(name, text, Readable.from(following(first.value, slices)));
}

function* slicesOf<T>(items: Iterable<T>, lineOf: (item: T) => readonly (string | null)[]): Generator<string> {
  let lines = '';
  let count = 0;
  for (const item of items) {
    lines += `${encodeCopyLine(lineOf(item))}\n`;
    count += 1;
    if (count % sliceLines !== 0) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}

function* following<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}
