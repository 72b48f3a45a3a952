import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { damageMark } from '../../../src/values/damage.ts';
import { UsageFault } from '../../../src/fault.ts';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import { fetchPage, ehrSite, scanned, someEncounters, type EhrSite } from '../support/ehr-site.ts';

const patients = (table: string): Readonly<Record<string, string>> => ({
  'patients.sql': `SELECT id AS patient_id, family AS last_name, born AS birth_date FROM ${table}`,
  'encounters.sql': someEncounters,
});

/** What a scan gives of each row, by its id, without the columns that are empty. */
async function scannedRows(ehr: Ehr): Promise<Record<string, string[]>> {
  const lines = await scanned(ehr, 'patient');
  return Object.fromEntries(
    lines.map((line) => {
      const [, id = '', ...rest] = line.split('\t');
      return [id, rest.filter((field) => field !== '\\N')];
    }),
  );
}

const afterFirstTab = (line: string): string => line.slice(line.indexOf('\t') + 1);

describe('a database in SQL_ASCII, which stores any bytes as text', () => {
  let site: EhrSite;
  beforeAll(async () => {
    site = await ehrSite({ encoding: 'SQL_ASCII' });
    await site.sql(`
      CREATE TABLE mixed (id text PRIMARY KEY, family text, born date);
      INSERT INTO mixed VALUES
        ('1', E'Pe\\xf1a', '1980-05-04'), ('2', E'Nu\\xc3\\xb1ez', '1975-11-30'), ('3', 'Demir', '1991-02-28'),
        ('4', E'\\xc3', '1991-02-28'), ('5', E'a\\\\b\\tc\\n\\xe2', '1991-02-28'), (E'6\\xff', 'Ok', '1991-02-28'),
        ('7', E'\\xef\\xbf\\xbd', '1991-02-28')`);
  });
  afterAll(() => site.drop());

  test('loses only the field that is not UTF-8', async () => {
    const ehr = await site.open(patients('mixed'));
    expect(await scannedRows(ehr)).toEqual({
      1: [damageMark, '1980-05-04'],
      2: ['Nuñez', '1975-11-30'],
      3: ['Demir', '1991-02-28'],
      4: [damageMark, '1991-02-28'],
      5: [damageMark, '1991-02-28'],
      [damageMark]: ['Ok', '1991-02-28'],
      7: [damageMark, '1991-02-28'],
    });
  });

  test('gives the same bytes by a scan and by a fetch', async () => {
    const ehr = await site.open(patients('mixed'));
    const lines = (await scanned(ehr, 'patient')).map(afterFirstTab).filter((line) => !line.startsWith(damageMark));
    const fetched = await ehr.fetch('patient', ['1', '2', '3', '4', '5', '7']);
    expect(
      [...fetched.values()]
        .flat()
        .map(({ line }) => line)
        .sort(),
    ).toEqual(lines.sort());
    expect(fetched.get('1')?.[0]?.row.last_name).toBe(damageMark);
  });

  test('marks the clinical content alike', async () => {
    const ehr = await site.open({
      ...patients('mixed'),
      'encounters.sql': "SELECT id AS encounter_id, id AS patient_id FROM mixed WHERE id = '1'",
      'sections/problems.sql': 'SELECT id AS encounter_id, family AS name FROM mixed WHERE id = ANY($1::text[])',
    });
    const { sections } = await fetchPage(ehr, ['1'], ['1']);
    expect(sections.get('1')?.problems).toMatchObject([{ encounter_id: '1', name: damageMark }]);
  });

  test('is read whole when the contract declares the encoding', async () => {
    const converted =
      "SELECT id AS patient_id, convert_from(convert(convert_to(family, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII') AS last_name FROM mixed WHERE id = '1'";
    const ehr = await site.open({ ...patients('mixed'), 'patients.sql': converted });
    expect(await scannedRows(ehr)).toEqual({ 1: ['Peña'] });
  });

  test('keeps many lines whole, wherever the bytes are cut', async () => {
    await site.sql(`
      CREATE TABLE many AS SELECT i::text AS id, CASE WHEN i % 1000 = 0 THEN E'\\xf1' ELSE repeat(E'\\xc3\\xb1', 40) END AS family,
        date '1980-01-01' AS born FROM generate_series(1, 20000) AS i`);
    const rows = await scannedRows(await site.open(patients('many')));
    expect(Object.keys(rows)).toHaveLength(20_000);
    expect(Object.values(rows).filter(([name]) => name === damageMark)).toHaveLength(20);
    expect(Object.values(rows).filter(([name]) => name === 'ñ'.repeat(40))).toHaveLength(19_980);
  });
});

describe.each(['LATIN1', 'WIN1252', 'EUC_JP'])('a database in %s', (encoding) => {
  test('gives UTF-8', async () => {
    const site = await ehrSite({ encoding });
    onTestFinished(() => site.drop());
    const [name, bytes] = encoding === 'EUC_JP' ? ['日', '\\xc6\\xfc'] : ['Peña', 'Pe\\xf1a'];
    await site.sql(`CREATE TABLE pt AS SELECT '1'::text AS id, E'${bytes}' AS family, date '1980-05-04' AS born`);
    const ehr = await site.open(patients('pt'));
    expect(await scannedRows(ehr)).toEqual({ 1: [name, '1980-05-04'] });
    expect((await ehr.fetch('patient', ['1'])).get('1')?.[0]?.row.last_name).toBe(name);
  });
});

describe('a text that the server cannot convert to UTF-8', () => {
  test('is reported as an encoding fault, with a remedy', async () => {
    const site = await ehrSite({ encoding: 'WIN1252' });
    onTestFinished(() => site.drop());
    await site.sql(`CREATE TABLE pt AS SELECT '1'::text AS id, E'a\\x81b' AS family, date '1980-05-04' AS born`);
    const ehr = await site.open(patients('pt'));
    const scan = scanned(ehr, 'patient');
    await expect(scan).rejects.toBeInstanceOf(UsageFault);
    await expect(scan).rejects.toThrow(/patients\.sql .*encoding of the database is WIN1252.*convert_from/);
    await expect(ehr.fetch('patient', ['1'])).rejects.toThrow(/encoding of the database is WIN1252/);
  });
});
