import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ndjsonLines } from '../../../src/ehr/fhir/ndjson-lines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ndjson-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly number: number;
  readonly text: string | null;
  readonly isEnded: boolean;
}

async function linesOf(content: string | Buffer, mostBytes?: number): Promise<Line[]> {
  const file = join(folder, 'lines.ndjson');
  writeFileSync(file, content);
  const found: Line[] = [];
  for await (const lines of ndjsonLines(file, mostBytes)) {
    for (const { number, bytes, isEnded } of lines) found.push({ number, text: bytes?.toString() ?? null, isEnded });
  }
  return found;
}

const ended = (number: number, text: string): Line => ({ number, text, isEnded: true });

describe('a file of NDJSON', () => {
  test('may begin with a byte-order mark', async () => {
    expect(await linesOf('\ufeff{"a":1}\n')).toEqual([ended(1, '{"a":1}')]);
  });

  test('may have CRLF and blank lines, which count in the numbers', async () => {
    expect(await linesOf('\r\n{"a":1}\r\n  \t\n\n{"b":2}\r\n')).toEqual([ended(2, '{"a":1}'), ended(5, '{"b":2}')]);
  });

  test('may lack the last line end', async () => {
    expect(await linesOf('{"a":1}\n{"b":2}')).toEqual([
      ended(1, '{"a":1}'),
      { number: 2, text: '{"b":2}', isEnded: false },
    ]);
  });

  test('may be packed, whatever its name', async () => {
    expect(await linesOf(gzipSync('{"a":1}\n{"b":2}\n'))).toEqual([ended(1, '{"a":1}'), ended(2, '{"b":2}')]);
  });

  test('fails where its packed content is cut off', async () => {
    const packed = gzipSync('{"a":1}\n'.repeat(1000));
    await expect(linesOf(packed.subarray(0, packed.length - 12))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });

  test('may have a line of 20 MB', async () => {
    const text = JSON.stringify({ data: 'é'.repeat(10_000_000) });
    expect(await linesOf(`${text}\n{}\n`)).toEqual([ended(1, text), ended(2, '{}')]);
  });

  test('loses a line beyond the limit, and no other', async () => {
    expect(await linesOf(`{}\n${'x'.repeat(101)}\n${'y'.repeat(100)}\n`, 100)).toEqual([
      ended(1, '{}'),
      { number: 2, text: null, isEnded: true },
      ended(3, 'y'.repeat(100)),
    ]);
  });

  test('gives its lines whatever their sizes', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat(600_000).map((size) => 'z'.repeat(size)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.boolean(), async (texts, isPacked) => {
        const written = texts.map((text) => JSON.stringify(text));
        const content = written.map((text) => `${text}\n`).join('');
        const found = await linesOf(isPacked ? gzipSync(content) : content);
        expect(found).toEqual(written.map((text, index) => ended(index + 1, text)));
      }),
      { numRuns: 40 },
    );
  });
});
