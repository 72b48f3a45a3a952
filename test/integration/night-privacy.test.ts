import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import { type ClinicNight, toldClinic } from './clinic-night.ts';

/** Nobody's values are left behind: not in the ledger, not in a report, not in the log. */

it('leaves no patient’s value in ledger, reports or log, whatever happens and whatever Redox says', async () => {
  const site = await toldClinic();
  await anEventfulNight(site);
  const values = await patientValues(site);
  expect(values.size).toBeGreaterThan(300);
  expect(valuesIn(JSON.stringify([...site.night.standIn.state().patients]), values).length).toBeGreaterThan(200);

  const texts = { log: site.night.logged(), ...(await ledgerTexts(site)), ...(await reportTexts(site)) };
  expect(Object.keys(texts)).toEqual(expect.arrayContaining(['ledger table attempt', 'ledger table patient']));
  for (const [where, text] of Object.entries(texts)) {
    expect({ where, values: valuesIn(text, values) }).toEqual({ where, values: [] });
  }
});

/** Refusals that repeat what they were sent, silence, a failed run, and rows that people have to attend to. */
async function anEventfulNight(site: ClinicNight): Promise<void> {
  const { night, clinic } = site;
  const [renamed, silent, retired, survivor, deleted] = await site.somePatients();
  await clinic.renamePatient(renamed, 'Unmistakable');
  await clinic.renamePatient(silent, 'Inaudible', { silent: true });
  await clinic.mergePatients(retired, survivor);
  await clinic.deletePatient(deleted);
  await site.register('7', 'PL-NEW');
  await site.visit('70', '7');
  await site.sql("UPDATE clinic.person SET sex_code = 'Unreadable', tax_number = 'not-a-number' WHERE person_id = 7");
  await site.visit('71', '8');
  night.standIn.misbehave([{ kind: 'echo_400' }]);
  await night.nightly();
  const when = { patientId: await site.mrnOf(renamed) };
  night.standIn.misbehave([{ kind: 'status_after', status: 502, body: 'UNMISTAKABLE (Unmistakable) is busy', when }]);
  await night.nightly();
  night.standIn.misbehave([{ kind: 'refuse_token' }]);
  await expect(night.nightly()).rejects.toThrow();
  night.standIn.misbehave([]);
  await night.nightly();
}

/** Names, streets, contacts, tax numbers and birth dates: as the desk typed them, and as Redox was told them. */
async function patientValues(site: ClinicNight): Promise<Set<string>> {
  const typed = await site.sql<{ value: string }>(
    `SELECT DISTINCT value
     FROM clinic.person
     LEFT JOIN clinic.person_address USING (person_id)
     CROSS JOIN LATERAL (
       VALUES (given_name), (family_name), (tax_number), (born_on::text), (street)
     ) AS v (value)
     WHERE length(value) > 2
     UNION
     SELECT value FROM clinic.person_contact`,
  );
  const told = [...site.night.standIn.state().patients.values()].flatMap(({ demographics }) =>
    ['SSN', 'FirstName', 'LastName', 'PhoneNumber'].flatMap((field) => texts(demographics[field])),
  );
  return new Set([...typed.map(({ value }) => value.trim()), ...told]);
}

const texts = (value: JsonValue | undefined): readonly string[] => {
  if (typeof value === 'string') return value.length > 2 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
};

/** Every column of every table of the ledger, as text. */
async function ledgerTexts({ night: { ledger } }: ClinicNight): Promise<Record<string, string>> {
  const { rows } = await ledger.query(
    'the tables',
    'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()',
  );
  const tables = (rows as { tablename: string }[]).map(({ tablename }) => tablename);
  const found: Record<string, string> = {};
  for (const table of tables) {
    const lines = await ledger.query('a table', `SELECT t::text AS line FROM ${table} AS t`);
    found[`ledger table ${table}`] = (lines.rows as { line: string }[]).map(({ line }) => line).join('\n');
  }
  return found;
}

/** Every file of every run. */
async function reportTexts({ night: { reportDir } }: ClinicNight): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(reportDir, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[file] = await readFile(file, 'utf8');
  }
  return found;
}

/** The values that stand in a text as words, in whatever case. */
function valuesIn(text: string, values: ReadonlySet<string>): string[] {
  const lowerCase = text.toLowerCase();
  const isWord = (value: string): boolean =>
    new RegExp(`(?<![\\p{L}\\d])${value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\d])`, 'u').test(
      lowerCase,
    );
  return [...values].map((value) => value.toLowerCase()).filter((value) => lowerCase.includes(value) && isWord(value));
}
