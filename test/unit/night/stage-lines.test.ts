import fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { canonicalColumns, type Entity } from '../../../src/contract/contract.ts';
import type { RowChecker } from '../../../src/contract/row/row-checker.ts';
import { openFingerprints } from '../../../src/message/fingerprint/fingerprint.ts';
import { checkerOf } from './checkers.ts';
import { stagedStatus } from '../../../src/contract/row/visit-state.ts';
import { StageLines, stageVersion } from '../../../src/stage/stage-lines.ts';
import { cpuMs } from '../cpu-time.ts';

// Texts of many megabytes: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const fingerprints = openFingerprints(Buffer.alloc(32, 1));

/** What is staged of lines that arrive in the given pieces. */
const staged = (entity: Entity, ...chunks: readonly Buffer[]): Promise<string[]> =>
  stagedWith(checkerOf(entity), 'scannedLine', entity, ...chunks);

async function stagedWith(
  checker: RowChecker,
  layout: 'scannedLine' | 'fetchedLine',
  entity: Entity,
  ...chunks: readonly Buffer[]
): Promise<string[]> {
  const lines = Readable.from(chunks).pipe(new StageLines(entity, fingerprints, checker, checker[layout], true));
  const bytes = Buffer.concat((await lines.toArray()) as Buffer[]);
  return bytes.toString().split('\n').slice(0, -1);
}

const patientLine = (id: string, mrn: string, updatedAt = '\\N'): Buffer =>
  Buffer.from(`${updatedAt}\t${id}\t${mrn}\tGarcía\n`);
const fieldsOf = (line: string | undefined): string[] => (line ?? '').split('\t');

describe('a stage line', () => {
  it('has the keys verbatim, and a fingerprint of the rest', async () => {
    const [line] = await staged('patient', patientLine('P\\\\1', 'M1', '2026-03-01 12:00:00+00'));
    expect(line).toMatch(/^P\\\\1\tM1\t2026-03-01 12:00:00\+00\t\\N\t\d+\t\d+\tf\t[0-9a-f]{32}\tt$/);
  });

  it.each(['P1', '', '  ', '\\N'])("has no MRN when %j is not the patient's own", async (mrn) => {
    expect(fieldsOf((await staged('patient', patientLine('P1', mrn)))[0])[1]).toBe('\\N');
  });

  it('has the same fingerprint under any updated_at', async () => {
    const lines = [
      patientLine('P1', 'M1', '2026-03-01 12:00:00+00'),
      patientLine('P1', 'M1', '2026-03-02 12:00:00+00'),
    ];
    const [one, other] = (await staged('patient', ...lines)).map((line) => fieldsOf(line)[6]);
    expect(one).toBe(other);
  });

  it('is the same however the bytes are cut', async () => {
    const bytes = Buffer.concat([patientLine('P1', 'M1'), patientLine('Zoë', 'M2'), patientLine('李', 'M3')]);
    const whole = await staged('patient', bytes);
    expect(whole).toHaveLength(3);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await staged('patient', bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole);
    }
  });

  it('of a row of 30 MB costs little more in small pieces', async () => {
    const line = Buffer.concat([Buffer.from('\\N\tP1\tM1\t'), Buffer.alloc(30_000_000, 'x'), Buffer.from('\n')]);
    const pieces: Buffer[] = [];
    for (let at = 0; at < line.length; at += 65_536) pieces.push(line.subarray(at, at + 65_536));
    const timed = async (...chunks: readonly Buffer[]): Promise<number> => {
      const startedAt = cpuMs();
      expect(await staged('patient', ...chunks)).toHaveLength(1);
      return cpuMs() - startedAt;
    };
    await timed(line);
    expect(await timed(...pieces)).toBeLessThan(5 * (await timed(line)) + 500);
  });

  it('of the columns that a site provides equals that of all columns', async () => {
    const givenOf = (columns: readonly string[], values: ReadonlyMap<string, string>): Buffer =>
      Buffer.from(
        `${['2026-03-01 12:00:00+00', ...columns.map((column) => values.get(column) ?? '\\N')].join('\t')}\n`,
      );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('patient' as const, 'encounter' as const),
        fc.func(fc.option(fc.constantFrom('M1', 'García', '2026-03-01', 'F', '78701'), { freq: 3 })),
        fc.func(fc.boolean()),
        async (entity, valueOf, isGiven) => {
          const given = canonicalColumns[entity].filter((column, at) => at < 2 || isGiven(column));
          const values = new Map(given.map((column, at) => [column, at === 0 ? 'K1' : (valueOf(column) ?? '\\N')]));
          const checker = checkerOf(entity, [], [...given, 'updated_at']);
          const lines = await stagedWith(checker, 'scannedLine', entity, givenOf(given, values));
          expect(lines).toHaveLength(1);
          const fetched = givenOf(canonicalColumns[entity], values);
          expect(lines).toEqual(await stagedWith(checker, 'fetchedLine', entity, fetched));
        },
      ),
    );
  });

  it('of a merge has both its patients and its time', async () => {
    expect(await staged('merge', Buffer.from('2026-03-01 12:00:00+00\tP1\tP2\t2026-03-01\n'))).toEqual([
      'P1\tP2\t2026-03-01 12:00:00+00\t\\N\tt',
    ]);
  });
});

it.each(['', ' ', '\\t', '\\n \\r', '\u00a0', '\u2003\\t', '\ufeff'])(
  'of white space as MRN (%j) has no MRN',
  async (mrn) => {
    const [line] = await staged('patient', Buffer.from(`\\N\tP1\t${mrn}\tx\n`));
    expect(line).toMatch(/^P1\t\\N\t/);
  },
);

it('a scan that ends within a line is an error', async () => {
  await expect(staged('merge', Buffer.from('\\N\tP1\tP2\t\\N\n\\N\tP3'))).rejects.toThrow('middle of a line');
});

it("equals its stageVersion's snapshot: raise the version with the lines", async () => {
  const visit = '2026-03-01 12:00:00+00\tE1\tP1\toutpatient\t\\N\t2026-03-01 09:00:00\t2026-03-01 10:00:00\tx\n';
  const lines = [
    ...(await staged('patient', patientLine('P1', 'P1'), patientLine('P\\t2', ' '), patientLine('P3', 'M3'))),
    ...(await staged('encounter', Buffer.from(visit), Buffer.from(visit.replace('\\N', 'cancelled')))),
  ];
  expect({ stageVersion, lines }).toMatchInlineSnapshot(`
    {
      "lines": [
        "P1	\\N	\\N	\\N	17	0	f	9b2ee13b6adb70bf48398e870f0cc38f	t",
        "P\\t2	\\N	\\N	id_control_character	1	0	f	317c7a40e6c79d0590c9ffd149d2fd5d	t",
        "P3	M3	\\N	\\N	17	0	f	43f12624a7890fe3c54d399558fcfdbc	t",
        "E1	P1	finished	2026-03-01 12:00:00+00	\\N	5c952e3da9957162914d49c85e41033c	t",
        "E1	P1	cancelled	2026-03-01 12:00:00+00	\\N	e35d96b8d7823f49bfb8dd2ebfcf5dae	t",
      ],
      "stageVersion": 3,
    }
  `);
});

describe('the status of a visit', () => {
  it.each([
    ['finished', '', 'finished'],
    ['cancelled', '2026-03-01', 'cancelled'],
    ['', '', 'open'],
    ['\\N', '\\N', 'open'],
    ['', '2026-03-01', 'finished'],
    ['\\N', '2026-03-01', 'finished'],
    ['\\N', 'infinity', 'open'],
    ['done', '2026-03-01', 'unreadable'],
  ])('%j that ended %j is %s', (status, endedAt, expected) => {
    expect(stagedStatus(status, endedAt)).toBe(expected);
  });
});
