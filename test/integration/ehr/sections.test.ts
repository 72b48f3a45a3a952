import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import { fetchPage, ehrSite, someEncounters, somePatients, type EhrSite } from '../support/ehr-site.ts';
import { countingStatements } from '../support/report/statements.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
  await site.sql(`
    CREATE TABLE visit AS SELECT i AS id FROM generate_series(1, 300) AS i;
    CREATE UNIQUE INDEX ON visit (id);
    CREATE TABLE finding AS SELECT i AS id, 1 + i % 300 AS visit, 'c' || i AS code FROM generate_series(1, 20000) AS i;
    CREATE INDEX ON finding (visit);
    ANALYZE`);
});
afterAll(() => site.drop());

const visits = "SELECT id AS encounter_id, 'p' AS patient_id, NULL AS clinical_version FROM visit";
const problemsWhere = (condition: string): string =>
  `SELECT visit AS encounter_id, code, 'SNOMED CT' AS code_system FROM finding WHERE ${condition}`;
const problems = problemsWhere('visit = ANY($1::integer[])');

type Files = Readonly<Record<string, string>>;

const open = (files: Files): Promise<Ehr> =>
  site.open({ 'patients.sql': somePatients, 'encounters.sql': visits, ...files });

async function faultsOf(files: Files): Promise<string[]> {
  const fault: unknown = await open(files).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(UsageFault);
  return (fault as UsageFault).message.split('\n').slice(1);
}

const warningsOf = async (files: Files): Promise<string[]> =>
  (await open(files)).warnings.map(({ file, message }) => `${file}: ${message}`);

describe('the check of the clinical sections', () => {
  it('lists every fault at once, beside those of the main queries', async () => {
    const faults = await faultsOf({
      'patients.sql': 'SELECT 1 AS id',
      'sections/allergies.sql': "SELECT $1 AS x, 'a' AS substance_cod, 'b' AS status, 'c' AS status",
      'sections/medications.sql': 'SELECT id AS encounter_id FROM visit',
      'sections/vital_signs.sql': 'SELECT nothing AS encounter_id FROM nowhere WHERE id = ANY($1)',
      'sections/goals.sql': '-- later',
      'sections/problem.sql': problems,
    });
    expect(faults).toEqual([
      '  - sections/problem.sql is no section; the nearest is sections/problems.sql: call it that if it is meant, or take it out.',
      '  - sections/goals.sql holds no statement; write one SELECT into it.',
      expect.stringContaining('patients.sql gives no column patient_id'),
      expect.stringContaining('patients.sql gives a column id'),
      '  - sections/allergies.sql gives no column encounter_id, which is required; select it under this name.',
      '  - sections/allergies.sql gives a column x, which the contract does not know; take it out.',
      '  - sections/allergies.sql gives a column substance_cod, which the contract does not know; call it substance_code if that is meant, or take it out.',
      '  - sections/allergies.sql gives the column status more than once; keep one of them.',
      '  - sections/medications.sql does not use $1; it must give the rows of the ids in $1, a text[].',
      expect.stringMatching(
        /^ {2}- sections\/vital_signs\.sql, line 1, was refused: relation "nowhere" does not exist/,
      ),
    ]);
  });

  it.each(['README.md', 'problems.sql.orig', 'Problems.sql'])('rejects every misplaced file: %s', async (name) => {
    expect(await faultsOf({ [`sections/${name}`]: problems })).toEqual([
      expect.stringContaining(`sections/${name} is no section`),
    ]);
  });

  it('refuses a parameter other than $1', async () => {
    const faults = await faultsOf({
      'sections/problems.sql': problemsWhere('visit = ANY($1::integer[]) AND code = $2'),
    });
    expect(faults).toEqual(['  - sections/problems.sql uses $2, but the only parameter is $1, a text[] of ids.']);
    const price = problemsWhere("visit = ANY($1::integer[]) AND code <> '$2'");
    expect(await warningsOf({ 'sections/problems.sql': price })).toEqual([]);
  });

  it("refuses ids of another type than the visits' own", async () => {
    const faults = await faultsOf({
      'sections/problems.sql':
        "SELECT lpad(visit::text, 8, '0') AS encounter_id FROM finding WHERE visit::text = ANY($1)",
    });
    expect(faults).toEqual([
      '  - sections/problems.sql gives encounter_id as text, but encounters.sql as integer; cast it like the other, or its rows find no visit.',
    ]);
  });

  it('warns where fetching a section would scan a large table', async () => {
    expect(await warningsOf({ 'sections/problems.sql': problems })).toEqual([]);
    expect(await warningsOf({ 'sections/problems.sql': problemsWhere('visit::text = ANY($1)') })).toEqual([
      expect.stringMatching(/^sections\/problems\.sql: .* reads the whole of public\.finding once per page .*cast \$1/),
    ]);
  });

  it('warns where changed clinical content would go unnoticed', async () => {
    const encounters = 'SELECT id AS encounter_id, 1 AS patient_id FROM visit';
    expect(await warningsOf({ 'encounters.sql': encounters })).toEqual([]);
    expect(await warningsOf({ 'encounters.sql': encounters, 'sections/problems.sql': problems })).toEqual([
      expect.stringMatching(/^encounters\.sql: sections\/problems\.sql gives .*no column clinical_version/),
    ]);
  });
});

describe('a page of visits', () => {
  it("has each section's rows under their visit, absent columns as null", async () => {
    const ehr = await open({
      'sections/problems.sql': problems,
      'sections/goals.sql':
        'SELECT id AS encounter_id, id AS value FROM visit WHERE id = ANY($1::int[]) AND id % 2 = 0',
    });
    const { sections } = await fetchPage(ehr, [], ['1', '2', '301']);
    expect([...sections.keys()].sort()).toEqual(['1', '2']);
    expect(Object.keys(sections.get('1') ?? {})).toEqual(['problems']);
    expect(sections.get('1')?.problems).toHaveLength(66);
    expect(sections.get('1')?.problems?.[0]).toEqual({
      encounter_id: '1',
      code: 'c300',
      code_system: 'SNOMED CT',
      name: null,
      alt_code: null,
      alt_code_system: null,
      alt_name: null,
      category_code: null,
      category_code_system: null,
      category_name: null,
      status: null,
      health_status_code: null,
      health_status_code_system: null,
      health_status_name: null,
      started_at: null,
      ended_at: null,
      comment: null,
    });
    expect(sections.get('2')?.goals).toMatchObject([{ encounter_id: '2', value: '2' }]);
  });

  it('leaves out rows of visits that it did not ask for', async () => {
    const ehr = await open({ 'sections/problems.sql': problemsWhere('cardinality($1::text[]) > 0') });
    const { sections } = await fetchPage(ehr, [], ['7']);
    expect([...sections.keys()]).toEqual(['7']);
  });

  it('asks once for each section that the contract has', async () => {
    const ehr = await open({ 'sections/problems.sql': problems, 'sections/goals.sql': problems });
    const ids = Array.from({ length: 300 }, (_, index) => String(index + 1));
    const asked = await countingStatements(() => fetchPage(ehr, ['p'], ids));
    expect(asked.filter((text) => text.includes('FROM finding'))).toHaveLength(2);
    expect(asked).toHaveLength(6);
    const idle = await countingStatements(() => fetchPage(ehr, ['p'], ['301']));
    expect(idle.filter((text) => text.includes('FROM finding'))).toEqual([]);
  });

  it('shows sections and visits as of the same moment', async () => {
    await site.sql("CREATE TABLE pair AS SELECT '1' AS id, 'before' AS said");
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, pg_sleep(0.5)::text AS city FROM pair',
      'encounters.sql': "SELECT id AS encounter_id, 'p' AS patient_id, said AS clinical_version FROM pair",
      'sections/notes.sql': 'SELECT id AS encounter_id, said AS text FROM pair WHERE id = ANY($1)',
    });
    const page = fetchPage(ehr, ['1'], ['1']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await site.sql("UPDATE pair SET said = 'after'");
    const { sections } = await page;
    expect(sections.get('1')?.notes?.[0]?.text).toBe('before');
    expect((await fetchPage(ehr, [], ['1'])).sections.get('1')?.notes?.[0]?.text).toBe('after');
  });

  it('names the file that failed on a value, and hides the value', async () => {
    const ehr = await open({
      'sections/problems.sql': problemsWhere('visit = ANY($1::int[]) AND code::integer > 0'),
    });
    const failing = fetchPage(ehr, [], ['1']);
    await expect(failing).rejects.toThrow(/^sections\/problems\.sql failed on a value .*SQLSTATE 22P02/);
    await expect(failing).rejects.not.toThrow(/c300/);
  });

  it('has no sections where the contract has none', async () => {
    const ehr = await site.open({ 'patients.sql': somePatients, 'encounters.sql': someEncounters });
    expect((await fetchPage(ehr, ['p'], ['e'])).sections.size).toBe(0);
  });
});
