import { describe, expect, it } from 'vitest';
import { calls, type ClinicNight, syncedClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** What another sender delivered, and what is left for the night. */

const header = 'entity,entity_id,delivered_at';
const file = (...lines: readonly string[]): string => [header, ...lines, ''].join('\n');
const soon = (): string => new Date(Date.now() + 1000).toISOString();

/** What became of the lines: `entity id kind`, in the order of the file. */
const became = (run: NightResult): string[] =>
  run.csv('acknowledged').map(({ entity, entity_id, kind }) => `${entity ?? ''} ${entity_id ?? ''} ${kind ?? ''}`);

/** A told clinic after a day on which patients, a visit and a merge changed. */
async function clinicAfterADay(): Promise<{ site: ClinicNight; changed: [string, string]; visits: [string, string] }> {
  const site = await syncedClinic();
  const [one, other, third, fourth] = await site.somePatients();
  const [visit] = await site.visitsOf(third);
  const [another] = await site.visitsOf(fourth);
  await site.clinic.renamePatient(one, 'One');
  await site.clinic.renamePatient(other, 'Other');
  for (const id of [visit, another]) {
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed', changed_at = now() WHERE visit_id = $1", [id]);
  }
  return { site, changed: [one, other], visits: [visit, another] };
}

describe('a live feed', () => {
  it('that delivered half the changes leaves the others to the night', async () => {
    const { site, changed, visits } = await clinicAfterADay();
    const run = await site.night.acknowledge(
      file(`patient,${changed[0]},${soon()}`, `encounter,${visits[0]},${soon()}`),
    );
    expect(run.posts).toBe(0);
    expect(run.exitCode).toBe(0);
    expect(became(run)).toEqual([`patient ${changed[0]} told`, `encounter ${visits[0]} told`]);
    const night = await site.night.nightly();
    expect(calls(night).sort()).toEqual([`PatientUpdate ${changed[1]} accepted`, `VisitPush ${visits[1]} accepted`]);
    // By which message it was told nobody here knows, so the next change is sent, and nothing before.
    await site.clinic.renamePatient(changed[0], 'Again');
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${changed[0]} accepted`]);
  });

  it('whose acknowledgement comes after the night changes nothing', async () => {
    const { site, changed, visits } = await clinicAfterADay();
    const deliveredAt = soon();
    await site.night.nightly();
    const sent = (): Promise<unknown> =>
      site.night.ledger.query('what was told', 'SELECT * FROM patient ORDER BY patient_id').then(({ rows }) => rows);
    const before = await sent();
    const run = await site.night.acknowledge(
      file(`patient,${changed[0]},${deliveredAt}`, `encounter,${visits[0]},${deliveredAt}`),
    );
    expect(became(run)).toEqual([`patient ${changed[0]} told`, `encounter ${visits[0]} told`]);
    expect(await sent()).toEqual(before);
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('that delivered new patients and visits leaves nothing of them', async () => {
    const site = await syncedClinic();
    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    await site.night.acknowledge(file(`encounter,70,${soon()}`, `patient,7,${soon()}`));
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('that delivered a merge has moved the documents with it', async () => {
    const site = await syncedClinic();
    const [retired, between, survivor] = await site.somePatients();
    const [visit] = await site.visitsOf(retired);
    // The visit's row stays with the retired patient, as in many EHRs.
    for (const [from, to] of [
      [retired, between],
      [between, survivor],
    ] as const) {
      await site.sql(
        'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
        [from, to],
      );
    }
    const run = await site.night.acknowledge(file(`merge,${retired},${soon()}`, `merge,${between},${soon()}`));
    expect(became(run)).toEqual([`merge ${retired} told`, `merge ${between} told`]);
    const { rows } = await site.night.ledger.query(
      'whose it is',
      `SELECT filed_under FROM encounter WHERE encounter_id = '${visit}'`,
    );
    expect(rows).toEqual([{ filed_under: survivor }]);
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('that delivered the second merge of a chain leaves both to send', async () => {
    const site = await syncedClinic();
    const [retired, between, survivor] = await site.somePatients();
    await site.clinic.mergePatients(retired, between);
    await site.clinic.mergePatients(between, survivor);
    const run = await site.night.acknowledge(file(`merge,${retired},${soon()}`));
    expect(became(run)).toEqual([`merge ${retired} patient_not_present`]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });
});

describe('an acknowledgement', () => {
  it('overrules an earlier doubt, and closes what was owed', async () => {
    const site = await syncedClinic();
    await site.register('7', 'PL-NEW');
    site.night.standIn.misbehave([{ kind: 'status', status: 504 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.night.acknowledge(file(`patient,7,${soon()}`));
    expect(calls(await site.night.resend())).toEqual([]);
    expect(calls(await site.night.nightly())).toEqual([]);
    const { rows } = await site.night.ledger.query('it', "SELECT presence FROM patient WHERE patient_id = '7'");
    expect(rows).toEqual([{ presence: 'present' }]);
  });

  it('from before a doubt keeps the doubt', async () => {
    const site = await syncedClinic();
    await site.register('7', 'PL-NEW');
    const before = soon();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    site.night.standIn.misbehave([{ kind: 'status', status: 504 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    expect(became(await site.night.acknowledge(file(`patient,7,${before}`)))).toEqual(['patient 7 sent_since']);
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted']);
  });

  it('covers an update at its very moment, and no later one', async () => {
    const site = await syncedClinic();
    for (const [id, at] of [
      ['7', '2026-03-02T12:00:00.123456Z'],
      ['8', '2026-03-02T12:00:00.123457Z'],
    ] as const) {
      await site.register(id, `PL-${id}`);
      await site.sql('UPDATE clinic.person SET changed_at = $2 WHERE person_id = $1', [id, at]);
    }
    const run = await site.night.acknowledge(
      // Without an offset it is the clock on the site's wall: Chicago.
      file('patient,7,2026-03-02 06:00:00.123456', 'patient,8,2026-03-02T12:00:00.123456Z'),
    );
    expect(became(run)).toEqual(['patient 7 told', 'patient 8 updated_since']);
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 8 accepted']);
  });

  it('that cannot be judged counts for nothing, with the reason', async () => {
    const site = await syncedClinic();
    const [patient, renumbered, undone, survivor] = await site.somePatients();
    await site.clinic.mergePatients(undone, survivor);
    await site.night.nightly();
    await site.clinic.undoMerge(undone);
    await site.sql("UPDATE clinic.person SET mrn = 'PL-OTHER', changed_at = now() WHERE person_id = $1", [renumbered]);
    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    const run = await site.night.acknowledge(
      file(
        `patient,nobody,${soon()}`,
        `patient,${renumbered},${soon()}`,
        `patient,${undone},${soon()}`,
        `encounter,70,${soon()}`,
        `merge,${patient},${soon()}`,
        `patient,${patient},2026-02-30T00:00:00Z`,
        `patient,${patient},2026-03-01`,
        `patient,${patient},${new Date(Date.now() + 3_600_000).toISOString()}`,
        `visit,70,${soon()}`,
        `encounter,,${soon()}`,
      ),
    );
    expect(became(run)).toEqual([
      'patient nobody not_in_ehr',
      `patient ${renumbered} mrn_changed`,
      `patient ${undone} merge_undone`,
      'encounter 70 patient_not_present',
      `merge ${patient} not_in_ehr`,
      `patient ${patient} unreadable_time`,
      `patient ${patient} unreadable_time`,
      `patient ${patient} in_future`,
      'file  unreadable_entity',
      'file  unreadable_key',
    ]);
    expect(run.exitCode).toBe(0);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });

  it('counts the latest delivery of a row listed twice', async () => {
    const { site, changed } = await clinicAfterADay();
    const run = await site.night.acknowledge(
      file(`patient,${changed[0]},${soon()}`, `patient,${changed[0]},2026-01-01T00:00:00Z`),
    );
    expect(became(run)).toEqual([`patient ${changed[0]} told`, `patient ${changed[0]} repeated`]);
  });

  it('without a readable line is refused', async () => {
    const site = await syncedClinic();
    const fault = (message: string): Error =>
      expect.objectContaining({ exitCode: 64, message: expect.stringContaining(message) as string }) as Error;
    await expect(site.night.acknowledge('entity;entity_id\npatient;7\n')).rejects.toEqual(fault('has no columns'));
    await expect(site.night.acknowledge(file('patient,7,yesterday'))).rejects.toEqual(
      fault("None of the file's lines (1)"),
    );
    await expect(site.night.acknowledge(file())).rejects.toEqual(fault('lists no row'));
  });
});
