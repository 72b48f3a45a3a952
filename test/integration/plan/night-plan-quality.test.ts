import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/fault.ts';
import { site } from '../bad-input/site.ts';
import { encountersHeader, fieldSite } from '../support/field-site.ts';
import type { NightResult } from '../support/night.ts';

const contract = {
  'patients.sql':
    "SELECT patient_id, mrn, first_name, last_name, birth_date, 'F' AS sex, zip, deceased_at FROM patients",
  'encounters.sql': 'SELECT encounter_id, patient_id, status, started_at, ended_at FROM encounters',
};
const patient = (number: number, birthDate: string, deceasedAt = ''): string =>
  `P${number},M${number},Ana,Miller,${birthDate},02134,${deceasedAt}`;

/** A site whose files hold these lines behind their headers. */
async function siteOf(patients: readonly string[], visits: readonly string[]): ReturnType<typeof site> {
  const at = await site('csv', contract);
  const write = (name: string, header: string, lines: readonly string[]): Promise<void> =>
    writeFile(join(at.folder, 'extracts', name), `${[header, ...lines].join('\n')}\n`);
  await write('patients.csv', 'patient_id,mrn,first_name,last_name,birth_date,zip,deceased_at', patients);
  await write('encounters.csv', 'encounter_id,patient_id,status,started_at,ended_at', visits);
  return at;
}

const kinds = (lines: readonly Readonly<Record<string, string>>[]): string[] =>
  lines.map((line) => `${line['entity_id'] ?? ''} ${line['kind'] ?? ''} ${line['column_name'] ?? ''}`).sort();

describe('a plan that is only stored', () => {
  it('lists the values that a night lists, and sends nothing', async () => {
    const rows = [patient(1, '05/01/1980'), patient(2, '1980-05-02', '9999-12-31'), patient(3, '1980-05-03')];
    const at = await siteOf(rows, ['E1,P3,finished,2026-03-01 10:00:00,2026-03-01 09:00:00']);
    const plan = await at.nightly({ planOnly: true });
    const planned = kinds(plan.csv('data-quality'));
    expect(plan.posts).toBe(0);
    expect(planned).toEqual([
      'E1 end_before_start ended_at',
      'P1 malformed birth_date',
      'P1 malformed_match_key birth_date',
      'P2 death_unclear deceased_at',
      'P2 filler_date deceased_at',
    ]);
    expect(plan.csv('discrepancies').filter(({ kind }) => kind === 'invalid')).toMatchObject([
      { entity_id: 'E1', detail: 'ends_before_start' },
    ]);

    const night = await at.nightly();
    expect(night.taken).toEqual({ NewPatient: 3 });
    expect(kinds(night.csv('data-quality'))).toEqual(planned);
  });

  it('lists values of a summary after the visits of another page', async () => {
    const medications = `SELECT patient_id, 'Aspirin' AS name, started_at FROM medications WHERE patient_id = ANY ($1::text[])`;
    const at = await fieldSite({
      contract: { 'summary/medications.sql': medications },
    });
    const visits = Array.from(
      { length: 70 },
      (_, index) => `E${index},P001,outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,cough`,
    );
    const files = {
      'encounters.csv': [encountersHeader.trim(), ...visits, ''].join('\n'),
      'medications.csv': 'patient_id,started_at\nP001,some day\n',
    };
    const oddInSummary = (night: NightResult): string[] =>
      kinds(night.csv('data-quality')).filter((line) => line.includes('started_at'));
    const plan = await at.run(files, { planOnly: true });
    expect(oddInSummary(plan)).toHaveLength(1);
    expect(oddInSummary(await at.run(files))).toEqual(oddInSummary(plan));
  });

  it('warns that an unreadable column leaves nobody findable', async () => {
    const rows = [1, 2, 3, 4, 5, 6].map((number) => patient(number, `05/0${number}/1980`));
    const at = await siteOf(rows, []);
    const plan = await at.nightly({ planOnly: true });
    expect(kinds(plan.csv('data-quality')).filter((line) => line.includes('match_key'))).toHaveLength(6);
    await expect(at.nightly()).rejects.toMatchObject({
      exitCode: exitCodes.refused,
      message: expect.stringMatching(/birth_date is unreadable in 6 of the 6 patients.*--allow-large-change/) as string,
    });
    expect((await at.nightly({ allowLargeChange: true })).taken).toEqual({ NewPatient: 6 });
  });

  it('is applied with each value listed once', async () => {
    const at = await siteOf([patient(1, '05/01/1980')], []);
    const plan = await at.nightly({ planOnly: true });
    const applied = await at.apply(plan.runId);
    expect(applied.taken).toEqual({ NewPatient: 1 });
    expect(kinds(applied.csv('data-quality'))).toEqual([
      'P1 malformed birth_date',
      'P1 malformed_match_key birth_date',
    ]);
  });
});
