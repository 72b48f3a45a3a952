import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { encodeCopyLine } from '../../../src/contract/row/copy-text.ts';
import { retiredIds } from '../../../src/stage/retired-ids.ts';

const line = (retired: string | null): string => `${encodeCopyLine(['2026-03-01', retired, 'S'])}\n`;

const idsOf = async (pieces: readonly Buffer[]): Promise<string[]> => {
  const lines = new PassThrough();
  for (const piece of pieces) lines.write(piece);
  lines.end();
  const ids: string[] = [];
  for await (const { id } of retiredIds(lines)) ids.push(id);
  return ids;
};

test('retired ids come before the last merge was read', async () => {
  const lines = new PassThrough();
  const ids = retiredIds(lines);
  lines.write(line('A') + line('B') + '2026-03-01\tC');
  expect([await ids.next(), await ids.next()]).toEqual(
    ['A', 'B'].map((id) => ({ value: { entity: 'merge', id }, done: false })),
  );
  lines.end('\tS\n');
  expect((await ids.next()).value).toEqual({ entity: 'merge', id: 'C' });
  expect((await ids.next()).done).toBe(true);
});

test('an id is whole wherever a piece ends', async () => {
  const bytes = Buffer.from(line('Jürgen\t1') + line('two\nlines'));
  const cuts = Array.from({ length: bytes.length }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  for (const pieces of cuts) expect(await idsOf(pieces)).toEqual(['Jürgen\t1', 'two\nlines']);
  expect(await idsOf(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(['Jürgen\t1', 'two\nlines']);
});

test('a missing id, and one too long for an index, is left out', async () => {
  const pieces = [Buffer.from(line(null) + line('') + line('x'.repeat(2001)) + line('x'.repeat(2000)))];
  expect(await idsOf(pieces)).toEqual(['x'.repeat(2000)]);
});
