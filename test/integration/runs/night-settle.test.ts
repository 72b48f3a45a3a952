import { describe, expect, it } from 'vitest';
import {
  calls,
  type ClinicNight,
  found,
  nameOf,
  openActions,
  playedClinic,
  syncedClinic,
} from '../support/clinic-night.ts';

/** What a person's word on a row does to the nights after it. */

/** A clinic in doubt: Redox did not take the changed patient, the new patient's visit and the merge, and nobody knows. */
async function clinicInDoubt(): Promise<{ site: ClinicNight; changed: string; retired: string; survivor: string }> {
  const doubt = async (site: ClinicNight): Promise<void> => {
    const [changed, retired, survivor] = await site.somePatients();
    await site.clinic.renamePatient(changed, 'Changed');
    await site.visit('70', changed);
    await site.sql(
      'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
      [retired, survivor],
    );
    site.night.standIn.misbehave([{ kind: 'status', status: 504 }]);
    await site.night.nightly();
  };
  const site = await playedClinic('in_doubt', doubt, { UNKNOWN_OUTCOME: 'hold' });
  const [rows] = await site.sql<{ changed: string; retired: string; survivor: string }>(
    `SELECT person_id::text AS changed, retired_person_id::text AS retired, surviving_person_id::text AS survivor
     FROM clinic.person, clinic.merge_log WHERE family_name = 'Changed' ORDER BY merged_at DESC LIMIT 1`,
  );
  if (rows === undefined) throw new Error('nothing is in doubt');
  return { site, ...rows };
}

/** The rows refused by the last night were refused on two days of February as well. */
const refusedBefore = (site: ClinicNight): Promise<unknown> =>
  site.night.ledger.query(
    'earlier refusals',
    "UPDATE rejection SET dates = ARRAY[date '2026-02-27', date '2026-02-28'] || dates",
  );

/** The recorded decisions. */
const settlements = (site: ClinicNight): Promise<object[]> =>
  site.night.ledger.run({
    name: 'settlements',
    text: 'SELECT entity, entity_id, decision, settled_of FROM settlement ORDER BY settlement_id',
  });

describe('settle --as accepted', () => {
  it('counts an unknown row as sent, and the next change goes', async () => {
    const { site, changed, retired, survivor } = await clinicInDoubt();
    const rows = [`patient ${changed}`, 'encounter 70', `merge ${retired}`] as const;
    const settled = await site.night.settle('accepted', ...rows);
    expect({ said: settled.said, exitCode: settled.exitCode, posts: settled.posts }).toEqual({
      said: ['3 rows settled as accepted.'],
      exitCode: 0,
      posts: 0,
    });
    expect(settled.csv('calls').map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(
      Array(3).fill('unneeded settled'),
    );
    expect(await settlements(site)).toMatchObject([
      { entity: 'patient', entity_id: changed, decision: 'accepted', settled_of: 'unknown' },
      { entity: 'encounter', entity_id: '70' },
      { entity: 'merge', entity_id: retired },
    ]);

    const night = await site.night.nightly();
    // Where the documents of an unknown merge are is uncertain, so they are told again; and nothing else is.
    expect(calls(night).filter((call) => !call.startsWith('VisitPush'))).toEqual([]);
    expect(openActions(night)).toEqual([]);
    await site.clinic.renamePatient(changed, 'Again');
    await site.clinic.renamePatient(survivor, 'Again');
    expect(calls(await site.night.nightly()).sort()).toEqual(
      [`PatientUpdate ${changed} accepted`, `PatientUpdate ${survivor} accepted`].sort(),
    );
  });

  it('counts a refused new patient as sent, and the visits go', async () => {
    const site = await syncedClinic();
    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'NewPatient' } }]);
    await site.night.nightly();
    await site.night.settle('accepted', 'patient 7');
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly()).map((call) => call.split(' ').slice(0, 2))).toEqual([['VisitPush', '70']]);
  });

  it('of a refused merge of an absent patient closes it', async () => {
    const site = await syncedClinic();
    const [survivor] = await site.somePatients();
    await site.register('7', 'PL-NEW');
    site.night.standIn.misbehave([{ kind: 'status', status: 504, when: { eventType: 'NewPatient' } }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.clinic.mergePatients('7', survivor);
    await site.sql("DELETE FROM clinic.person WHERE person_id = '7'");
    const day = (number: number) => ({ now: () => new Date(Date.UTC(2026, 2, number, 18)) });
    expect(calls(await site.night.nightly(day(3)))).toEqual(['PatientMerge 7 rejected http_400']);
    await refusedBefore(site);
    const night = await site.night.nightly(day(4));
    expect([calls(night), openActions(night)]).toEqual([[], ['held merge 7 retired_row_gone']]);
    await site.night.settle('accepted', 'merge 7');
    expect(openActions(await site.night.nightly(day(5)))).toEqual([]);
    await site.expectRedoxIsTrue();
  });
});

describe('settle --as send', () => {
  it('lifts the hold of an unknown outcome', async () => {
    const { site, changed, retired } = await clinicInDoubt();
    expect(calls(await site.night.nightly()).filter((call) => !call.startsWith('VisitPush'))).toEqual([]);
    await site.night.settle('send', `patient ${changed}`, 'encounter 70', `merge ${retired}`);
    const sent = calls(await site.night.intraday());
    expect(sent).toEqual(expect.arrayContaining([`PatientUpdate ${changed} accepted`, 'VisitPush 70 accepted']));
    expect(sent).toContain(`PatientMerge ${retired} accepted`);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });

  it('lifts the hold of a refusal, with three new dates', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    const day = (number: number) => ({ now: () => new Date(Date.UTC(2026, 2, number, 18)) });
    await site.night.nightly(day(3));
    await refusedBefore(site);
    expect(openActions(await site.night.nightly(day(4)))).toEqual([`held patient ${patient} rejected`]);
    await site.night.settle('send', `patient ${patient}`);
    expect(calls(await site.night.resend(day(5)))).toEqual([`PatientUpdate ${patient} rejected http_400`]);
    expect((await site.night.nightly(day(6))).csv('open-actions')[0]?.['rejected_dates']).toBe('2');
  });
});

describe('settle --as ignore', () => {
  it('keeps a row on hold until it changes, or is taken back by send', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientUpdate' } }]);
    await site.night.nightly();
    await site.night.settle('ignore', `patient ${patient}`);
    for (const run of [await site.night.nightly(), await site.night.intraday(), await site.night.resend()]) {
      expect([calls(run), found(run)]).toEqual([[], []]);
    }
    await site.night.settle('send', `patient ${patient}`);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} rejected http_400`]);
    await site.night.settle('ignore', `patient ${patient}`);

    site.night.standIn.misbehave([]);
    await site.clinic.renamePatient(patient, 'Again');
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });

  it('hides a gone row until it is back', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    const state = (from: string, to: string) =>
      site.sql(`INSERT INTO ${to} SELECT * FROM ${from} WHERE visit_id = $1`, [visit]);
    await site.sql('CREATE TABLE clinic.kept AS SELECT * FROM clinic.visit WHERE false');
    await state('clinic.visit', 'clinic.kept');
    await site.sql('DELETE FROM clinic.visit WHERE visit_id = $1', [visit]);
    expect(openActions(await site.night.nightly())).toEqual([`gone encounter ${visit}`]);
    await site.night.settle('ignore', `encounter ${visit}`);
    expect(openActions(await site.night.nightly())).toEqual([]);

    await state('clinic.kept', 'clinic.visit');
    await site.night.nightly();
    await site.sql('DELETE FROM clinic.visit WHERE visit_id = $1', [visit]);
    expect(openActions(await site.night.nightly())).toEqual([`gone encounter ${visit}`]);
  });

  it('hides an orphan, and sends it when its patient comes', async () => {
    const site = await syncedClinic();
    await site.visit('70', '7');
    expect(openActions(await site.night.nightly())).toEqual(['orphan encounter 70 missing_patient']);
    await site.night.settle('ignore', 'encounter 70');
    const quiet = await site.night.nightly();
    expect([openActions(quiet), quiet.summary.encounters.orphan]).toEqual([[], 1]);
    await site.register('7', 'PL-NEW');
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
  });

  it('ends when another row is sent, even if it changes back', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Left');
    await site.sql('CREATE TABLE clinic.kept AS SELECT * FROM clinic.person WHERE person_id = $1', [patient]);
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientUpdate' } }]);
    await site.night.nightly();
    await site.night.settle('ignore', `patient ${patient}`);

    await site.clinic.renamePatient(patient, 'Mistaken');
    site.night.standIn.misbehave([{ kind: 'status_after', status: 504, when: { eventType: 'PatientUpdate' } }]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} unknown http_504`]);
    site.night.standIn.misbehave([]);
    expect(nameOf((await site.stored(patient))?.demographics)).toBe('Mistaken');
    await site.sql(
      `UPDATE clinic.person p SET family_name = k.family_name, changed_at = k.changed_at
       FROM clinic.kept k WHERE p.person_id = k.person_id`,
    );
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it('keeps a merge on hold until it is undone and made again', async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    await site.clinic.mergePatients(retired, survivor);
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientMerge' } }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.night.settle('ignore', `merge ${retired}`);
    expect(calls(await site.night.nightly())).toEqual([]);

    const undo = (value: string) =>
      site.sql(`UPDATE clinic.merge_log SET undone_at = ${value}, merged_at = now() WHERE retired_person_id = $1`, [
        retired,
      ]);
    await undo('now()');
    await site.night.nightly();
    await undo('NULL');
    expect(calls(await site.night.nightly())).toContain(`PatientMerge ${retired} accepted`);
    await site.expectRedoxIsTrue();
  });

  it('can be repeated, and lists a row that is gone or changed', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed' WHERE visit_id = $1", [visit]);
    await site.visit('70', '7');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    await site.night.nightly();
    const rows = [`encounter ${visit}`, 'encounter 70'] as const;
    await site.night.settle('ignore', ...rows);
    await expect(site.night.settle('ignore', ...rows)).rejects.toMatchObject({ exitCode: 64 });

    await site.sql('DELETE FROM clinic.visit WHERE visit_id = $1', [visit]);
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed' WHERE visit_id = '70'");
    expect(openActions(await site.night.nightly())).toEqual([
      `gone encounter ${visit}`,
      'orphan encounter 70 missing_patient',
    ]);
    expect((await site.night.settle('ignore', ...rows)).said).toEqual(['2 rows settled as ignore.']);
    expect(openActions(await site.night.nightly())).toEqual([]);
  });
});

it('an intraday sends an orphan whose patient has come since', async () => {
  const site = await syncedClinic();
  await site.visit('70', '7');
  await site.sql("UPDATE clinic.visit SET changed_at = now() - interval '10 days' WHERE visit_id = '70'");
  expect(openActions(await site.night.nightly())).toEqual(['orphan encounter 70 missing_patient']);
  await site.register('7', 'PL-NEW');
  expect(calls(await site.night.intraday())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
});

describe('an unfit line', () => {
  it('is reported with its reason beside settled ones; alone, it ends the job with 64', async () => {
    const { site, changed, survivor } = await clinicInDoubt();
    await expect(site.night.settle('ignore', `patient ${survivor}`)).rejects.toMatchObject({ exitCode: 64 });
    expect(await settlements(site)).toEqual([]);

    const rows = [`patient ${survivor}`, 'encounter nobody', `patient ${changed}`, `patient ${changed}`] as const;
    const { said, exitCode } = await site.night.settle('accepted', ...rows);
    expect([said, exitCode]).toEqual([
      [
        `patient ${survivor} is not settled as accepted: it has nothing to settle.`,
        'encounter nobody is not settled as accepted: it is not in the ledger.',
        '2 rows not settled.',
        '1 row settled as accepted.',
      ],
      0,
    ]);
  });

  it('with a blocked call learns that it is mended, not settled', async () => {
    const site = await syncedClinic();
    const [refused, other] = await site.somePatients();
    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    await site.clinic.renamePatient(refused, 'Changed');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    await site.night.nightly();
    const { said } = await site.night.settle('ignore', 'encounter 70', `patient ${other}`, `patient ${refused}`);
    expect(said).toEqual([
      'encounter 70 is not settled as ignore: its call is blocked; correct the cause that calls.csv lists as its reason.',
      `patient ${other} is not settled as ignore: it has nothing to settle.`,
      '2 rows not settled.',
      '1 row settled as ignore.',
    ]);
  });
});
