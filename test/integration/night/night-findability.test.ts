import { describe, expect, it } from 'vitest';
import { type ClinicNight, playedClinic, syncedClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** Whom others can find at Redox: by which keys they cannot is listed every night, until the row is mended and told. */

/** The lines about match keys, of patients whom a test has made: `id kind column`. */
const linesOf = (run: NightResult, ...patients: readonly string[]): string[] =>
  run
    .csv('data-quality')
    .filter((row) => row['kind']?.endsWith('_match_key') === true && patients.includes(row['entity_id'] ?? ''))
    .map((row) => `${row['entity_id'] ?? ''} ${row['kind'] ?? ''} ${row['column_name'] ?? ''}`);

/** A person with an address of which nothing is wrong but what the test changes. */
async function registerSound(site: ClinicNight, id: string): Promise<void> {
  await site.register(id, `PL-${id}`);
  await site.sql("UPDATE clinic.person SET sex_code = 'F' WHERE person_id = $1", [id]);
  await site.sql(
    `INSERT INTO clinic.person_address (person_id, postal_code, country_code, changed_at) VALUES ($1, '53703', 'US', now())`,
    [id],
  );
}

const change = (site: ClinicNight, table: 'person' | 'person_address', id: string, set: string): Promise<unknown> =>
  site.sql(`UPDATE clinic.${table} SET ${set}, changed_at = now() WHERE person_id = $1`, [id]);

/** Every kind of fault that a row of the clinic can have; a birth date is a date there, so it is never unreadable. */
async function registerFaulty(site: ClinicNight): Promise<void> {
  for (const id of ['1', '2', '3', '4', '5']) await registerSound(site, id);
  await change(site, 'person', '1', "given_name = NULL, family_name = '-'");
  await change(site, 'person', '2', "given_name = '123', family_name = NULL, born_on = NULL");
  await change(site, 'person', '3', "born_on = '1800-01-01'");
  await change(site, 'person_address', '3', "postal_code = '5370'");
  await change(site, 'person', '4', "mrn = ' '");
  await change(site, 'person_address', '4', 'postal_code = NULL');
}

const faultyLines = [
  '1 missing_match_key first_name',
  '1 malformed_match_key last_name',
  '2 missing_match_key birth_date',
  '2 malformed_match_key first_name',
  '2 missing_match_key last_name',
  '3 malformed_match_key birth_date',
  '3 malformed_match_key zip',
  '4 missing_match_key mrn',
  '4 missing_match_key zip',
];

/** A clinic that has sent them, and its last night. */
async function sentFaulty(): Promise<ClinicNight> {
  return playedClinic('faulty_sent', async (site) => {
    await registerFaulty(site);
    await site.night.nightly();
  });
}

/** All whom Redox holds, by the summary. */
const presentIn = ({ summary: { findability } }: NightResult): number => findability.patients + findability.not_judged;

/** What the ledger knows of the faults of every patient. */
const verdicts = async (site: ClinicNight): Promise<ReadonlyMap<unknown, unknown>> => {
  const { rows } = await site.night.ledger.query('a look', 'SELECT patient_id, match_faults FROM patient');
  return new Map(rows.map((row) => [row['patient_id'], row['match_faults']]));
};
const verdictOf = async (site: ClinicNight, id: string): Promise<unknown> => (await verdicts(site)).get(id);

describe('the match keys of every patient at Redox', () => {
  it('are listed every night from the first until they are mended', async () => {
    const site = await syncedClinic();
    const { summary: before } = await site.night.nightly();
    await registerFaulty(site);

    const first = await site.night.nightly();
    expect(linesOf(first, '1', '2', '3', '4', '5')).toEqual(faultyLines);
    expect(first.csv('data-quality').find((row) => row['entity_id'] === '3')).toMatchObject({
      entity: 'patient',
      patient_id: '3',
      run_id: first.runId,
      line: '',
    });
    const { findability } = first.summary;
    expect(findability.patients - before.findability.patients).toBe(5);
    expect(findability.findable - before.findability.findable).toBe(1);
    expect(findability.share).toBe(Math.floor((findability.findable / findability.patients) * 10_000) / 10_000);
    const grown = Object.entries(findability.faults).flatMap(([fault, patients]) =>
      Object.entries(before.findability.faults).flatMap(([same, was]) =>
        same === fault && patients > was ? [[fault, patients - was]] : [],
      ),
    );
    expect(Object.fromEntries(grown)).toEqual({
      first_name_missing: 1,
      first_name_malformed: 1,
      last_name_missing: 1,
      last_name_malformed: 1,
      birth_date_missing: 1,
      birth_date_malformed: 1,
      zip_missing: 1,
      zip_malformed: 1,
      mrn_missing: 1,
    });

    const quiet = await site.night.nightly();
    expect(quiet.posts).toBe(0);
    expect(linesOf(quiet, '1', '2', '3', '4', '5')).toEqual(faultyLines);
    expect(quiet.summary.findability).toEqual(findability);

    await change(site, 'person', '3', "born_on = '1980-01-01'");
    await change(site, 'person_address', '4', "postal_code = '53703-1234'");
    await change(site, 'person', '4', "mrn = 'PL-4'");
    const mended = await site.night.nightly();
    expect(linesOf(mended, '3', '4')).toEqual(['3 malformed_match_key zip']);
    expect(mended.summary.findability.findable).toBe(findability.findable + 1);
  });

  it('are counted by reason where they can hardly be right', async () => {
    const site = await syncedClinic();
    const { summary: before } = await site.night.nightly();
    const ids = ['1', '2', '3', '4', '5'];
    for (const id of ids) await registerSound(site, id);
    await change(site, 'person', '1', "given_name = 'BABY BOY', family_name = 'Olsen 2'");
    await change(site, 'person', '2', "given_name = 'John', family_name = 'Doe'");
    await change(site, 'person', '3', "born_on = '1900-01-01', family_name = 'Olsen, Jr.'");
    await change(site, 'person_address', '4', "postal_code = '99999'");
    await change(site, 'person', '5', 'sex_code = NULL');
    const night = await site.night.nightly();
    expect(linesOf(night, ...ids)).toEqual([
      '1 placeholder_match_key first_name',
      '1 digit_match_key last_name',
      '2 placeholder_match_key last_name',
      '3 filler_match_key birth_date',
      '4 filler_match_key zip',
      '5 unknown_match_key sex',
    ]);
    const { findability } = night.summary;
    expect(findability.faults.zip_filler - before.findability.faults.zip_filler).toBe(1);
    expect(findability.findable - before.findability.findable).toBe(1);
    expect(site.night.standIn.state().patients.get('PL-3')?.demographics).toMatchObject({ LastName: 'Olsen' });
  });

  it('are judged for an unchanged message, as after an upgrade', async () => {
    const site = await sentFaulty();
    const before = await verdicts(site);
    await site.night.ledger.query('an older release', 'UPDATE patient SET builder_version = 0, match_faults = NULL');
    const night = await site.night.nightly();
    expect(night.posts).toBe(0);
    expect(night.summary.findability.not_judged).toBe(0);
    expect(await verdicts(site)).toEqual(before);
    expect(linesOf(night, '1', '2', '3', '4', '5')).toEqual(faultyLines);
  });

  it('exclude the MRN when the contract gives none', async () => {
    const site = await syncedClinic();
    await registerFaulty(site);
    await site.sql(
      `UPDATE clinic.person p SET mrn = repeat(chr(32), 1 + blank.length::integer), changed_at = now()
       FROM (SELECT person_id, row_number() OVER () AS length FROM clinic.person) AS blank
       WHERE blank.person_id = p.person_id`,
    );
    const night = await site.night.nightly({ allowLargeChange: true });
    expect(night.summary.findability.faults.mrn_missing).toBe(night.summary.findability.patients);
    expect(night.csv('data-quality').filter((row) => row['column_name'] === 'mrn')).toEqual([]);
  });

  it('are unknown after a baseline, and unlisted', async () => {
    const site = await sentFaulty();
    await site.night.ledger.query('a new ledger', 'TRUNCATE patient, encounter, call CASCADE');
    const baseline = await site.night.baseline();
    expect(baseline.summary.findability).toMatchObject({ patients: 0, findable: 0, share: null });
    expect(baseline.summary.findability.not_judged).toBeGreaterThan(5);
    expect(baseline.csv('data-quality')).toEqual([]);

    await change(site, 'person', '1', "middle_name = 'B'");
    const night = await site.night.nightly();
    expect(night.summary.findability).toMatchObject({ patients: 1, findable: 0, share: 0 });
    expect(linesOf(night, '1', '2', '3', '4', '5')).toEqual(faultyLines.slice(0, 2));
  });

  it('stay listed for gone patients, and not for merged ones', async () => {
    const site = await sentFaulty();
    const before = [...site.night.standIn.state().patients.values()].filter(({ mergedInto }) => mergedInto === null);
    await site.clinic.mergePatients('1', '5');
    await site.clinic.deletePatient('2');
    const night = await site.night.nightly();
    expect(linesOf(night, '1', '2', '5')).toEqual(faultyLines.slice(2, 5));
    expect(presentIn(night)).toBe(before.length - 1);

    await site.clinic.undoMerge('1');
    expect(linesOf(await site.night.nightly(), '1')).toEqual(faultyLines.slice(0, 2));
  });

  it('are those last sent: the earlier after a refusal, unknown without an answer', async () => {
    const site = await syncedClinic();
    for (const id of ['1', '2']) await registerSound(site, id);
    await change(site, 'person_address', '1', 'postal_code = NULL');
    await change(site, 'person_address', '2', 'postal_code = NULL');
    await site.night.nightly();
    for (const id of ['1', '2']) await change(site, 'person_address', id, "postal_code = '53703'");
    site.night.standIn.misbehave([
      { kind: 'status', status: 400, when: { patientId: 'PL-1' } },
      { kind: 'status', status: 502, when: { patientId: 'PL-2' } },
    ]);
    const night = await site.night.nightly();
    expect(linesOf(night, '1', '2')).toEqual(['1 missing_match_key zip']);
    expect(night.summary.findability.not_judged).toBe(1);
    expect([await verdictOf(site, '1'), await verdictOf(site, '2')]).toEqual([['zip_missing'], null]);

    site.night.standIn.misbehave([]);
    expect(linesOf(await site.night.nightly(), '1', '2')).toEqual([]);
    expect([await verdictOf(site, '1'), await verdictOf(site, '2')]).toEqual([[], []]);
  });

  it("are unknown when the job died during the patient's message", async () => {
    const site = await sentFaulty();
    await site.night.ledger.query(
      'a job that died',
      `UPDATE call
       SET state = 'sending', is_open = true, sending_at = now(), finished_at = NULL
       WHERE entity = 'patient' AND entity_id = '1'`,
    );
    site.night.standIn.misbehave([{ kind: 'status', status: 502, when: { patientId: 'PL-1' } }]);
    await site.night.nightly({ planOnly: true });
    expect([await verdictOf(site, '1'), await verdictOf(site, '3')]).toEqual([
      null,
      ['birth_date_malformed', 'zip_malformed'],
    ]);
  });

  it('leave no value behind in ledger or reports', async () => {
    const site = await syncedClinic();
    await registerSound(site, '1');
    await change(site, 'person', '1', "family_name = '987654321', born_on = '1801-02-03'");
    await change(site, 'person_address', '1', "postal_code = 'QX-7788'");
    const night = await site.night.nightly();
    expect(linesOf(night, '1')).toEqual([
      '1 malformed_match_key birth_date',
      '1 malformed_match_key last_name',
      '1 malformed_match_key zip',
    ]);
    const { rows } = await site.night.ledger.query('all of it', 'SELECT to_jsonb(p)::text AS row FROM patient p');
    const texts = JSON.stringify([rows, night.csv('data-quality'), night.summary, site.night.logged()]);
    for (const value of ['987654321', '1801-02-03', 'QX-7788']) expect(texts).not.toContain(value);
  });
});
