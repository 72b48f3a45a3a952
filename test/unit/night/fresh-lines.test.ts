import fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { openFingerprints } from '../../../src/message/fingerprint/fingerprint.ts';
import { checkerOf } from './checkers.ts';
import { FreshLines, largestChunkBytes, StageLines } from '../../../src/stage/stage-lines.ts';

// It cuts hundreds of thousands of lines.
vi.setConfig({ testTimeout: 60_000 });

const fingerprints = openFingerprints(Buffer.alloc(32, 1));

interface Scan {
  /** Stage lines that came out. */
  readonly staged: readonly string[];
  /** Digests of all chunks, in order, and how many rows they have. */
  readonly chunks: readonly (readonly [digest: string, rows: number])[];
  readonly count: number;
}

/** A scan over a stage that holds the chunks of these digests already. */
async function scan(
  bytes: Buffer,
  held: readonly string[] = [],
  pieceBytes = 64 * 1024,
  linesPerChunk = 4,
  checker = checkerOf('patient'),
): Promise<Scan> {
  const unmet = new Set(held);
  const met: (readonly [string, number])[] = [];
  const added: (readonly [string, number])[] = [];
  const chunks = {
    meets: (digest: string) => {
      const isMet = unmet.delete(digest);
      if (isMet) met.push([digest, 0]);
      return isMet;
    },
    add: (digest: string, rows: number) => {
      added.push([digest, rows]);
      return 1000 + added.length;
    },
  };
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const lines = Readable.from(pieces).pipe(
    new FreshLines('patient', fingerprints, checker, chunks, undefined, linesPerChunk),
  );
  const out = Buffer.concat((await lines.toArray()) as Buffer[]).toString();
  return { staged: out.split('\n').slice(0, -1), chunks: [...met, ...added], count: lines.count };
}

const rowsOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const patient = (id: number): string => `2026-03-01 12:00:00+00\t${id}\tM${id}\tGarcía\t\\N`;
const patients = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => patient(from + at));

/** What a scan without chunks stages, which all of this must come to. */
async function stagedPlainly(bytes: Buffer): Promise<string[]> {
  const checker = checkerOf('patient');
  const lines = Readable.from([bytes]).pipe(
    new StageLines('patient', fingerprints, checker, checker.scannedLine, true),
  );
  return Buffer.concat((await lines.toArray()) as Buffer[])
    .toString()
    .split('\n')
    .slice(0, -1);
}

const withoutChunk = (line: string): string => line.slice(0, line.lastIndexOf('\t'));

describe("a sweep's scan", () => {
  it('stages every line into an empty stage, as a plain scan does', async () => {
    const bytes = rowsOf(patients(0, 500));
    const { staged, count } = await scan(bytes);
    expect(staged.map(withoutChunk)).toEqual(await stagedPlainly(bytes));
    expect(count).toBe(500);
  });

  it('stages no unchanged line', async () => {
    const bytes = rowsOf(patients(0, 500));
    const { chunks } = await scan(bytes);
    expect(chunks.length).toBeGreaterThan(50);
    const again = await scan(
      bytes,
      chunks.map(([digest]) => digest),
    );
    expect(again.staged).toEqual([]);
    expect(again.count).toBe(500);
  });

  it('cuts the same chunks however the bytes arrive', async () => {
    const bytes = rowsOf(patients(0, 60));
    const whole = await scan(bytes);
    for (const pieceBytes of [1, 2, 7, 41, 1000]) expect(await scan(bytes, [], pieceBytes)).toEqual(whole);
  });

  it("stages again a changed row's chunk, and at most its neighbour", async () => {
    const before = patients(0, 400);
    const { chunks } = await scan(rowsOf(before));
    const held = chunks.map(([digest]) => digest);
    const edits: readonly (readonly string[])[] = [
      before.map((line, at) => (at === 200 ? line.replace('García', 'Garcia') : line)),
      before.filter((_, at) => at !== 200),
      before.toSpliced(200, 0, patient(9000)),
    ];
    for (const after of edits) {
      const { staged } = await scan(rowsOf(after), held);
      expect(staged.length).toBeGreaterThan(0);
      expect(staged.length).toBeLessThan(60);
    }
  });

  it('stages a duplicate chunk again: its rows are there twice', async () => {
    const lines = patients(0, 40);
    const { chunks } = await scan(rowsOf(lines));
    const { staged } = await scan(
      rowsOf([...lines, ...lines]),
      chunks.map(([digest]) => digest),
    );
    const ids = staged.map((line) => line.split('\t')[0]);
    // The last chunk has no end of its own and runs on into the first one of the second time.
    expect(ids).toEqual(expect.arrayContaining(lines.slice(0, 30).map((line) => line.split('\t')[1])));
  });

  it('leaves exactly the scanned rows staged after any change', async () => {
    const ids = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(ids, ids, fc.integer({ min: 1, max: 300 }), async (before, after, pieceBytes) => {
        const first = await scan(rowsOf(before.map(patient)));
        const second = await scan(
          rowsOf(after.map(patient)),
          first.chunks.map(([digest]) => digest),
          pieceBytes,
        );
        const fresh = second.staged.length;
        expect(second.count).toBe(after.length);
        const met = second.chunks.filter(([, rows]) => rows === 0).map(([digest]) => digest);
        // Of two equal chunks, which have one digest, one is met and the other staged again.
        const kept = met
          .map((digest) => first.chunks.find(([staged]) => staged === digest)?.[1] ?? 0)
          .reduce((sum, rows) => sum + rows, 0);
        expect(kept + fresh).toBe(after.length);
      }),
      { numRuns: 60 },
    );
  });

  it('cuts as often with shared prefixes, such as addresses', async () => {
    const address = (site: number, id: number): string =>
      `\\N\thttps://fhir.hospital${site}.example.org/r4/base/Patient/${id}\tM${id}\tGarcía\t${'x'.repeat(60)}`;
    for (let site = 0; site < 30; site += 1) {
      const lines = Array.from({ length: 1000 }, (_, id) => address(site, id));
      const { chunks } = await scan(rowsOf(lines), [], undefined, 16);
      expect(chunks.length).toBeGreaterThan(20);
      expect(chunks.length).toBeLessThan(200);
      const again = await scan(
        rowsOf([address(site, 5000), ...lines]),
        chunks.map(([digest]) => digest),
        undefined,
        16,
      );
      expect(again.staged.length).toBeLessThan(200);
    }
  });

  it('ends a chunk before it is too large, keeping lines whole', async () => {
    const large = (id: number): string => `${patient(id)}${'x'.repeat(largestChunkBytes)}`;
    const small = patients(0, 8000);
    const { chunks, count, staged } = await scan(rowsOf([...small, large(1), large(2)]), [], 64 * 1024, 1e9);
    expect(count).toBe(8002);
    expect(staged).toHaveLength(8002);
    expect(chunks.length).toBeGreaterThanOrEqual(3);
  });

  it('has other chunks under another key', () => {
    const other = openFingerprints(Buffer.alloc(32, 2));
    const lines = rowsOf(patients(0, 10));
    expect(other.chunk('patient', '1 mrn', lines)).not.toBe(fingerprints.chunk('patient', '1 mrn', lines));
  });

  it('has other chunks for other staged columns, and another entity', () => {
    const lines = rowsOf(patients(0, 10));
    const digests = [
      fingerprints.chunk('patient', '1 mrn', lines),
      fingerprints.chunk('patient', '1 suffix', lines),
      fingerprints.chunk('encounter', '1 mrn', lines),
    ];
    expect(new Set(digests).size).toBe(3);
  });

  it('has other chunks if the site provides other columns', async () => {
    const bytes = Buffer.from(Array.from({ length: 50 }, (_, at) => `\\N\t${at}\tM${at}\tx\n`).join(''));
    const digestsOf = async (third: string): Promise<readonly unknown[]> =>
      (await scan(bytes, [], undefined, 4, checkerOf('patient', [], ['patient_id', 'mrn', third]))).chunks;
    expect(await digestsOf('home_phone')).toEqual(await digestsOf('home_phone'));
    const [one, other] = [await digestsOf('home_phone'), await digestsOf('office_phone')];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((chunk) => other.some((its) => String(its) === String(chunk)))).toEqual([]);
  });

  it('that ends within a line is an error', async () => {
    await expect(scan(Buffer.from('\\N\t1\tM1\n\\N\t2'))).rejects.toThrow('middle of a line');
  });
});
