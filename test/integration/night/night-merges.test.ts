import { describe, expect, it } from 'vitest';
import { calls, type ClinicNight, found, openActions, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';

/** What the night makes of merges. Documents follow patients at Redox; here it is asked where they are. */

/** Two patients of whom Redox was told, each with documents. */
async function twoPatients(): Promise<{ site: ClinicNight; retired: string; survivor: string }> {
  const site = await syncedClinic();
  const [retired, survivor] = await site.somePatients();
  return { site, retired, survivor };
}

/** Merged as EHRs do that leave the visits where they were. */
const merge = (site: ClinicNight, retired: string, survivor: string): Promise<unknown> =>
  site.sql('INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())', [
    retired,
    survivor,
  ]);

describe('a merge', () => {
  it('is one PatientMerge, which moves the documents and retires the patient', async () => {
    const { site, retired, survivor } = await twoPatients();
    const documents = [...(await site.documentsOf(retired)), ...(await site.documentsOf(survivor))].sort();
    await merge(site, retired, survivor);
    const night = await site.night.nightly();
    expect(calls(night)).toEqual([`PatientMerge ${retired} accepted`]);
    expect(found(night)).toEqual([`merged merge ${retired}`]);
    expect(await site.documentsOf(survivor)).toEqual(documents);
    expect((await site.stored(retired))?.mergedInto).toBe(await site.mrnOf(survivor));

    await site.clinic.renamePatient(retired, 'Afterwards');
    expect((await site.night.nightly()).posts).toBe(0);
    expect(await site.stored(retired)).toMatchObject({ newCount: 1, updateCount: 0 });
    await site.expectRedoxIsTrue();
  });

  it('whose EHR moves the visits too is one PatientMerge alone', async () => {
    const { site, retired, survivor } = await twoPatients();
    const visits = await site.documentsOf(retired);
    await site.clinic.mergePatients(retired, survivor);
    const night = await site.night.nightly();
    expect(night.taken).toEqual({ PatientMerge: 1 });
    expect(calls(night).filter((call) => call.startsWith('VisitPush'))).toEqual(
      visits.map((visit) => `VisitPush ${visit} unneeded`),
    );
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('of a patient who was never sent moves only the visits', async () => {
    const site = await syncedClinic();
    const [survivor] = await site.somePatients();
    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    await merge(site, '7', survivor);
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(await site.documentsOf(survivor)).toContain('70');
    await site.expectRedoxIsTrue();
  });

  it('into a new patient follows that patient and the visits', async () => {
    const site = await syncedClinic();
    const [retired] = await site.somePatients();
    await site.register('7', 'PL-NEW');
    await merge(site, retired, '7');
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', `PatientMerge ${retired} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it('of a patient whose row went with the merge is sent', async () => {
    const { site, retired, survivor } = await twoPatients();
    await site.clinic.mergePatients(retired, survivor);
    await site.clinic.deletePatient(retired);
    const night = await site.night.nightly();
    expect(night.taken).toEqual({ PatientMerge: 1 });
    expect(night.summary.patients.gone).toBe(0);
    await site.expectRedoxIsTrue();
  });
});

describe('a chain of merges', () => {
  it('of four is sent in one night, each into the last survivor', async () => {
    const site = await syncedClinic();
    const [a, b, c, d] = await site.somePatients();
    await merge(site, a, b);
    await merge(site, b, c);
    await merge(site, c, d);
    const night = await site.night.nightly();
    expect(calls(night).sort()).toEqual([a, b, c].map((patient) => `PatientMerge ${patient} accepted`).sort());
    expect(new Set(night.csv('calls').map(({ patient_id }) => patient_id))).toEqual(new Set([d]));
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('of four is sent link by link over the nights', async () => {
    const site = await syncedClinic();
    const [a, b, c, d] = await site.somePatients();
    for (const [retired, survivor] of [
      [a, b],
      [b, c],
      [c, d],
    ] as const) {
      await merge(site, retired, survivor);
      expect(calls(await site.night.nightly())).toEqual([`PatientMerge ${retired} accepted`]);
      await site.expectRedoxIsTrue();
    }
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('that grows at its beginning sends the new link alone', async () => {
    const site = await syncedClinic();
    const [a, b, c] = await site.somePatients();
    await merge(site, b, c);
    await site.night.nightly();
    await merge(site, a, b);
    expect(calls(await site.night.nightly())).toEqual([`PatientMerge ${a} accepted`]);
    await site.expectRedoxIsTrue();
  });
});

describe('an unresolvable merge', () => {
  it('in a circle is reported, and nothing is sent for its patients', async () => {
    const site = await syncedClinic();
    const [a, b, c] = await site.somePatients();
    await merge(site, a, b);
    await merge(site, b, a);
    await site.clinic.renamePatient(a, 'Circle');
    await site.visit('70', a);
    await site.clinic.renamePatient(c, 'Outside');
    const night = await site.night.nightly();
    expect(calls(night)).toEqual([`PatientUpdate ${c} accepted`]);
    expect(found(night)).toEqual([
      `changed patient ${c}`,
      `merge_cycle merge ${a}`,
      `merge_cycle merge ${b}`,
      'orphan encounter 70 merge_cycle',
    ]);
    expect(night.exitCode).toBe(2);
  });

  it('without its survivor is reported, and waits for the survivor', async () => {
    const site = await syncedClinic();
    const [retired] = await site.somePatients();
    await merge(site, retired, '7');
    const night = await site.night.nightly();
    expect(night.posts).toBe(0);
    expect(openActions(night)).toEqual([`merge_without_survivor merge ${retired}`]);
    expect(night.exitCode).toBe(2);

    await site.register('7', 'PL-NEW');
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', `PatientMerge ${retired} accepted`]);
    await site.expectRedoxIsTrue();
  });
});

describe('a merge that was sent', () => {
  it('and is undone in the EHR causes NewPatient, then the visits', async () => {
    const { site, retired, survivor } = await twoPatients();
    await merge(site, retired, survivor);
    await site.night.nightly();
    const visits = await site.visitsOf(retired);
    await site.clinic.undoMerge(retired);
    const night = await site.night.nightly({ allowLargeChange: true });
    expect(calls(night)).toEqual([
      `NewPatient ${retired} accepted`,
      ...visits.map((visit) => `VisitPush ${visit} accepted`),
    ]);
    expect(found(night)).toContain(`merge_undone merge ${retired}`);
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('and is undone after the retired row went is reported only', async () => {
    const { site, retired, survivor } = await twoPatients();
    await site.clinic.mergePatients(retired, survivor);
    await site.night.nightly();
    await site.sql('UPDATE clinic.merge_log SET undone_at = now() WHERE retired_person_id = $1', [retired]);
    await site.clinic.deletePatient(retired);
    const night = await site.night.nightly({ allowLargeChange: true });
    expect(night.posts).toBe(0);
    expect(found(night)).toEqual([`merge_undone merge ${retired} retired_row_gone`]);
    expect(night.exitCode).toBe(2);
  });

  it('and is re-pointed causes NewPatient, PatientMerge and the visits', async () => {
    const { site, retired, survivor } = await twoPatients();
    const [, , another] = await site.somePatients();
    await merge(site, retired, survivor);
    await site.night.nightly();
    const visits = await site.visitsOf(retired);
    await site.sql('UPDATE clinic.merge_log SET surviving_person_id = $2 WHERE retired_person_id = $1', [
      retired,
      another,
    ]);
    const night = await site.night.nightly();
    expect(calls(night)).toEqual([
      `NewPatient ${retired} accepted`,
      `PatientMerge ${retired} accepted`,
      ...visits.map((visit) => `VisitPush ${visit} accepted`),
    ]);
    expect(found(night)).toContain(`merge_repointed merge ${retired}`);
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('before the first night leaves its retired patient unsent', async () => {
    const site = await unsyncedClinic();
    const [{ retired } = { retired: '' }] = await site.sql<{ retired: string }>(
      'SELECT retired_person_id::text AS retired FROM clinic.merge_log',
    );
    const night = await site.night.nightly();
    expect(night.taken['PatientMerge']).toBeUndefined();
    expect(night.summary.merges).toMatchObject({ read: 1, not_due: 1 });
    expect(await site.stored(retired)).toBeUndefined();
  });
});
