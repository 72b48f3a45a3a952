import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patientColumns } from '../../../src/contract/contract.ts';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { ehrSite, scanned, someEncounters, type EhrSite } from '../support/ehr-site.ts';

const naughtyFile = join(packageRoot, '../shared/data/naughty-strings/blns.json');

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
});
afterAll(() => site.drop());

/** What fetch gives for every id that the scan gave, as the scan would have written it. */
async function linesByFetch(ehr: Ehr, ids: readonly string[]): Promise<string[]> {
  const rows = await ehr.fetch('patient', ids);
  return ids.flatMap((id) => (rows.get(id) ?? []).map(({ line }) => line));
}

const afterFirstTab = (line: string): string => line.slice(line.indexOf('\t') + 1);

describe('a scan and a fetch', () => {
  it('give the same bytes for a value of every type', async () => {
    await site.sql(`
      CREATE TYPE mood AS ENUM ('well', 'unwell');
      CREATE TABLE typed AS SELECT
        '1'::text AS id, timestamptz '2026-03-08 07:59:59.123456+00' AS changed,
        true AS a, 12::smallint AS b, 9007199254740993::bigint AS c, 0.1::real AS d, 1e300::double precision AS e,
        1.10::numeric AS f, date '1980-02-29' AS g, timestamp '2026-11-01 01:30' AS h, timestamptz '2026-11-01 01:30-05' AS i,
        interval '1 year -2 days 03:04:05.6' AS j, '\\x00ff5c'::bytea AS k, '{"a": [1,  null]}'::json AS l, '{"b":1}'::jsonb AS m,
        ARRAY['x', NULL, 'NULL', 'a b'] AS n, '3a4c1f50-0000-4000-8000-00000000abcd'::uuid AS o, '10.0.0.1/8'::inet AS p,
        'unwell'::mood AS q, 'ab'::char(5) AS r, time '12:00' AS s, '(1,2)'::point AS t, 'a'::"char" AS u, int4range(1, 5) AS v`);
    const columns = patientColumns.filter((column) => column !== 'patient_id' && column !== 'updated_at');
    const renamed = 'abcdefghijklmnopqrstuv'.split('').map((name, index) => `${name} AS ${columns[index] ?? ''}`);
    const ehr = await site.open({
      'patients.sql': `SELECT id AS patient_id, changed AS updated_at, ${renamed.join(', ')} FROM typed`,
      'encounters.sql': someEncounters,
    });
    const [line = ''] = await scanned(ehr, 'patient');
    expect(await linesByFetch(ehr, ['1'])).toEqual([afterFirstTab(line)]);
    expect(line.split('\t')).toHaveLength(44);
    expect(line).toMatch(
      /^2026-03-08 07:59:59.123456\+00\t1\tt\t12\t9007199254740993\t0.1\t1e\+300\t1.10\t1980-02-29\t/,
    );
  });

  it('give the same bytes under any database settings', async () => {
    await site.sql(`
      CREATE TABLE pinned AS SELECT 'x' AS id, timestamptz '2026-07-01 12:00+00' AS at, interval '2 days' AS long, 0.1::real AS low;
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database());
        EXECUTE format('ALTER DATABASE %I SET DateStyle = ''German''', current_database());
        EXECUTE format('ALTER DATABASE %I SET IntervalStyle = ''iso_8601''', current_database());
        EXECUTE format('ALTER DATABASE %I SET extra_float_digits = -5', current_database());
      END $$`);
    const ehr = await site.open({
      'patients.sql':
        'SELECT id AS patient_id, at AS updated_at, at AS birth_date, long AS city, low AS zip FROM pinned',
      'encounters.sql': someEncounters,
    });
    const [line = ''] = await scanned(ehr, 'patient');
    expect(line.split('\t').filter((field) => field !== '\\N')).toEqual([
      '2026-07-01 12:00:00+00',
      'x',
      '2026-07-01 12:00:00+00',
      '2 days',
      '0.1',
    ]);
    expect(await linesByFetch(ehr, ['x'])).toEqual([afterFirstTab(line)]);
  });

  it.each([
    ['structure of COPY', ['\\', '\\.', '\\N', 'a\tb', 'a\nb', 'a\r\nb', '\\t', '', ' ', '\b\f\v']],
    ['structure of an array', ['{', '}', '"', "'", 'NULL', 'null', 'a,b', '\\"']],
    ['Unicode', ['é', 'e\u0301', '\u{1f469}\u200d\u{1f52c}', '\u2028', '\ufeff', '\u202e', '\uffff']],
  ])('give the same bytes for ids and values that are %s', async (_, strings) => {
    await expectSameBytes(strings);
  });

  it('give the same bytes for the Big List of Naughty Strings', async ({ skip }) => {
    const list = readIfThere(naughtyFile);
    if (list === undefined) return skip(`${naughtyFile} is not here; the list was not tried`);
    await expectSameBytes(JSON.parse(list) as string[]);
  });

  async function expectSameBytes(strings: readonly string[]): Promise<void> {
    // Postgres holds no zero byte, so that no EHR in it has one.
    const distinct = [...new Set(strings)].filter((string) => !string.includes('\0'));
    await site.sql('DROP TABLE IF EXISTS naughty');
    await site.sql('CREATE TABLE naughty (id text, value text)');
    await site.sql(
      'INSERT INTO naughty SELECT s, s FROM unnest(ARRAY(SELECT jsonb_array_elements_text($1::jsonb))) AS s',
      [JSON.stringify(distinct)],
    );
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, value AS last_name FROM naughty',
      'encounters.sql': someEncounters,
    });
    const lines = await scanned(ehr, 'patient');
    expect(lines).toHaveLength(distinct.length);
    expect((await linesByFetch(ehr, distinct)).sort()).toEqual(lines.map(afterFirstTab).sort());
    expect((await ehr.fetch('patient', distinct)).size).toBe(distinct.length);
  }
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
