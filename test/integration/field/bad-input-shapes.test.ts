import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedIn, site } from '../bad-input/site.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/**
 * What no EHR should hold and every EHR does: each such value either arrives at Redox as it is or is named in a report, and nothing
 * else is lost by it. `BAD_INPUT=long` takes a million visits of one patient, a thousand merges and fields of ten megabytes where
 * the gate takes less.
 */

const isLong = process.env['BAD_INPUT'] === 'long';
const merges = isLong ? 1000 : 30;
const many = isLong ? 1000 : 300;

/** A contract whose rows are made where they are asked for. */
const made = (patients: string, encounters: string, merges?: string): Readonly<Record<string, string>> => ({
  'patients.sql': patients,
  'encounters.sql': encounters,
  ...(merges === undefined ? {} : { 'merges.sql': merges }),
});
const onePatient = "SELECT 'good' AS patient_id";
const oneVisit = "SELECT 'good' AS encounter_id, 'good' AS patient_id, 'finished' AS status";
const series = (rows: number, select: string): string => `SELECT ${select} FROM generate_series(1, ${rows}) AS i`;
const sent = { NewPatient: 1, VisitPush: 1 };

const days = ['the last', '4713-01-01 BC', 'infinity', '-infinity', '10000-01-01', '0001-01-01'];
/** The day, or the last one that the type has. */
const latest = (type: string): string =>
  `replace(day, 'the last', '${type === 'date' ? '5874897-12-31' : '294276-12-31 23:59:59'}')`;

describe('tables of a strange shape', () => {
  const nulls = (columns: string): string =>
    columns
      .split(' ')
      .map((column) => `, NULL::text AS ${column}`)
      .join('');
  it.each([
    ['no rows', made(`${onePatient} WHERE false`, `${oneVisit} WHERE false`), false],
    [
      'nothing but nulls beside the keys',
      made(
        onePatient + nulls('mrn last_name birth_date sex ssn zip deceased deceased_at email country'),
        oneVisit + nulls('class started_at ended_at type_code reason_code provider_id clinical_version'),
      ),
      true,
    ],
    [
      'a number that is none as its key',
      made(
        "SELECT 'NaN'::numeric AS patient_id",
        "SELECT 'NaN'::numeric AS encounter_id, 'NaN'::numeric AS patient_id, 'finished' AS status",
      ),
      true,
    ],
  ] as const)('%s: sends nothing, and names what is bad', async (_, contract, isBad) => {
    const at = await site('postgres', contract);
    const run = await at.nightly({ allowLargeChange: true });
    expect(run.taken).toEqual({});
    const { patients, encounters } = run.summary;
    expect(patients.invalid + patients.held + encounters.invalid > 0).toBe(isBad);
  });

  it('keys that are missing or repeated, shared MRNs and a circle cost the good rows nothing', async () => {
    const at = await site('postgres', {
      'patients.sql': [
        "SELECT 'good' AS patient_id, 'good' AS mrn, 'one' AS city",
        "SELECT 'blank', E'\\t\\u00a0', 'one'",
        series(many, "CASE WHEN i % 2 = 0 THEN '' END, NULL, 'one'"),
        series(2 * many, `'twice' || i % ${many}, NULL, i::text`),
        series(2 * many, "'again', NULL, i::text"),
        series(many, "'p' || i, 'shared', 'one'"),
        series(many, "'c' || i, NULL, 'one'"),
      ].join(' UNION ALL '),
      'encounters.sql': [
        `${oneVisit}, 'one' AS department, timestamp '2026-01-01' AS ended_at`,
        "SELECT 'endless', 'blank', 'finished', 'one', 'infinity'",
        series(many, "NULL, 'good', 'finished', 'one', '2026-01-01'"),
        series(2 * many, `'twice' || i % ${many}, 'good', 'finished', i::text, '2026-01-01'`),
        series(2 * many, "'again', 'good', 'finished', i::text, '2026-01-01'"),
      ].join(' UNION ALL '),
      'merges.sql': series(many, `'c' || i AS retired_patient_id, 'c' || i % ${many} + 1 AS surviving_patient_id`),
    });
    const run = await at.nightly({ allowLargeChange: true });
    expect(run.taken).toEqual({ NewPatient: 2, VisitPush: 1 });
    const { patients, encounters } = run.summary;
    expect([patients.invalid, encounters.invalid]).toEqual([6 * many, 5 * many]);
    expect(run.csv('discrepancies').some(({ kind }) => kind === 'merge_cycle')).toBe(true);
    expect((await at.nightly()).posts).toBe(0);
  });

  // Under BAD_INPUT=long each column has had each type.
  it.each([
    ['date', 'timestamptz', 'timestamp', 'timestamptz', 'date'],
    ...(isLong ? ['date', 'timestamp', 'timestamptz'].map((type) => Array<string>(5).fill(type)) : []),
  ])('impossible days of types %s, %s, %s, %s and %s, also by activity', async (...types) => {
    const all = `(VALUES ${days.map((day, index) => `('${index}', '${day}')`).join(', ')}) AS day (id, day)`;
    const [birth, death, start, end, merge] = types.map((type) => `${latest(type)}::${type}`);
    const at = await site('postgres', {
      'patients.sql': `SELECT id AS patient_id, ${birth} AS birth_date, ${death} AS deceased_at FROM ${all}`,
      'encounters.sql': `SELECT id AS encounter_id, id AS patient_id, 'finished' AS status, ${start} AS started_at, ${end} AS ended_at FROM ${all}`,
      'merges.sql': `SELECT 'x' || id AS retired_patient_id, id AS surviving_patient_id, ${merge} AS merged_at FROM ${all}`,
    });
    const run = await at.nightly({ allowLargeChange: true });
    expect(run.taken).toEqual({ NewPatient: days.length });
    expect(run.csv('discrepancies').filter(({ detail }) => detail === 'no_times')).toHaveLength(days.length);
    const named = run.csv('data-quality').map(({ entity, entity_id }) => `${entity ?? ''} ${entity_id ?? ''}`);
    for (const index of [0, 1, 2, 3, 4])
      expect(named).toEqual(expect.arrayContaining([`patient ${index}`, `encounter ${index}`]));
    const window = {
      kind: 'window',
      by: 'activity',
      from: new Date('2026-01-01'),
      to: new Date('2026-01-02'),
    } as const;
    expect((await at.rerun(window)).posts).toBe(0);
  });

  it('dozens of merges into one patient, and an equally long chain', async () => {
    const at = await site('postgres', {
      'patients.sql': `${onePatient} UNION ALL ${series(merges, "'r' || i")} UNION ALL ${series(merges, "'c' || i")}`,
      'encounters.sql': `${oneVisit} UNION ALL SELECT 'moved', 'r7', 'finished' UNION ALL SELECT 'far', 'c1', 'finished'`,
      'merges.sql': 'SELECT retired AS retired_patient_id, survivor AS surviving_patient_id FROM merge',
    });
    await at.ehr('CREATE TABLE merge (retired text, survivor text)');
    await at.nightly({ allowLargeChange: true });
    await at.ehr(
      `INSERT INTO merge ${series(merges, "'r' || i, 'good'")} UNION ALL ${series(merges - 1, "'c' || i, 'c' || i + 1")}`,
    );
    const run = await at.nightly({ allowLargeChange: true });
    expect(run.taken).toEqual({ PatientMerge: 2 * merges - 1 });
    const { patients, documents } = at.standIn.state();
    expect(
      [...patients.values()]
        .filter(({ mergedInto }) => mergedInto === null)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([`c${merges}`, 'good']);
    expect(documents.get(`${documentOid}^far`)?.patientId).toBe(`c${merges}`);
  });

  // The long form takes four minutes and more.
  it('a patient with very many visits', isLong ? { timeout: 900_000 } : {}, async () => {
    // More than a page.
    const visits = isLong ? 1_000_000 : 120;
    const at = await site(
      'postgres',
      made(onePatient, series(visits, "i AS encounter_id, 'good' AS patient_id, 'finished' AS status")),
    );
    const startedAt = performance.now();
    const run = await at.nightly({ allowLargeChange: true, ...(isLong ? { maxCalls: 20_000 } : { pageSize: 100 }) });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    expect(run.summary.encounters.due).toBe(visits);
    expect(run.taken['VisitPush']).toBeGreaterThanOrEqual(isLong ? 19_000 : visits);
    if (isLong)
      process.stdout.write(
        `  ${visits} visits: ${seconds} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`,
      );
  });

  it('a field that is longer than any message', async () => {
    const characters = isLong ? 10_000_000 : 3_000_000;
    const huge = `repeat('long note ', ${characters / 10})`;
    const at = await site('postgres', {
      'patients.sql': `SELECT 'good' AS patient_id, 'x' AS last_name UNION ALL SELECT 'huge', ${huge}`,
      'encounters.sql': `SELECT 'good' AS encounter_id, 'good' AS patient_id, 'finished' AS status, 'x' AS reason_name UNION ALL SELECT 'huge', 'good', 'finished', ${huge}`,
    });
    const run = await at.nightly({ settings: { DOCUMENT_SIZE_LIMIT: '1MB' } });
    expect({ ...run.taken }).toMatchObject(sent);
    const { patients, documents } = at.standIn.state();
    const named = namedIn(run);
    expect(patients.has('huge') || named.has('huge')).toBe(true);
    expect(documents.has(`${documentOid}^huge`) || named.has('huge')).toBe(true);
  });
});

it('names each broken line of an extract, and sends the others', async () => {
  const at = await site('csv');
  const good = (id: string): string => `${id},Example,1 Main St`;
  const lines: readonly (string | Buffer)[] = [
    'patient_id,last_name,street_address',
    good('a'),
    'zero,b\0c,d',
    good('b'),
    Buffer.from('latin,M\u00fcller,x', 'latin1'),
    Buffer.concat([Buffer.from('surrogate,'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(',x')]),
    Buffer.concat([Buffer.from('overlong,'), Buffer.from([0xc0, 0x80]), Buffer.from(',x')]),
    good('c'),
    'quote,5" tube,x',
    `long,${'x'.repeat(isLong ? 10_000_000 : 1_500_000)},y`,
    'few,x',
    'many,x,y,z',
    good('d'),
    '"unclosed,x,y',
    good('e'),
  ];
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  await writeFile(join(at.folder, 'extracts', 'patients.csv'), bytes);
  await writeFile(
    join(at.folder, 'extracts', 'encounters.csv'),
    'encounter_id,patient_id,status,reason_name,started_at\ne,a,finished,x,2026-01-01\n',
  );
  const run = await at.nightly();
  // Rows of which a field is damaged have been read, and are judged as rows.
  const sent = new Set(at.standIn.state().patients.keys());
  expect(['a', 'b', 'c', 'd', 'e'].filter((id) => !sent.has(id))).toEqual([]);
  expect(['quote', 'long', 'few', 'many', 'unclosed'].filter((id) => sent.has(id))).toEqual([]);
  expect(run.csv('data-quality').map(({ line, kind }) => `${line ?? ''} ${kind ?? ''}`)).toEqual(
    expect.arrayContaining([
      '3 zero_byte',
      '5 not_utf8',
      '6 not_utf8',
      '7 not_utf8',
      '9 stray_quote',
      '10 too_long',
      '11 too_few_fields',
      '12 too_many_fields',
      '14 stray_quote',
    ]),
  );
});
