import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/redox/fault/fault.ts';
import { calls, type ClinicNight, nameOf, openActions, syncedClinic } from '../support/clinic-night.ts';

/** What the night makes of Redox's answers, and of none. A run tries a call three times here. */

/** A told clinic with a new patient, MRN `PL-NEW`, and a visit of theirs. */
async function clinicWithNewPatient(): Promise<ClinicNight> {
  const site = await syncedClinic();
  await site.register('7', 'PL-NEW');
  await site.visit('70', '7');
  return site;
}

describe('a rejected call', () => {
  it('of a new patient holds back the visits until Redox takes it', async () => {
    const site = await clinicWithNewPatient();
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { patientId: 'PL-NEW' } }]);
    const rejected = await site.night.nightly();
    expect(calls(rejected)).toEqual(['NewPatient 7 rejected http_400', 'VisitPush 70 blocked new_patient_failed']);
    expect(openActions(rejected)).toEqual(['blocked encounter 70 new_patient_failed', 'rejected patient 7 http_400']);
    expect(rejected.posts).toBe(1);
    expect(rejected.exitCode).toBe(2);
    const again = await site.night.nightly();
    expect(calls(again)).toEqual(calls(rejected));
    expect(again.exitCode).toBe(0);

    site.night.standIn.misbehave([]);
    const night = await site.night.nightly();
    expect(calls(night)).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
    expect(night.csv('calls')[0]?.['open_since']).toBe(rejected.csv('calls')[0]?.['open_since']);
    await site.expectRedoxIsTrue();
  });

  it('of an update holds back nothing', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    await site.visit('70', patient);
    site.night.standIn.misbehave([{ kind: 'meta_errors', when: { eventType: 'PatientUpdate' } }]);
    expect(calls(await site.night.nightly())).toEqual([
      `PatientUpdate ${patient} rejected meta_errors`,
      'VisitPush 70 accepted',
    ]);
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it("of a merge holds back the retired patient's visits only", async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    await site.sql(
      'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
      [retired, survivor],
    );
    await site.visit('70', retired);
    await site.visit('71', survivor);
    site.night.standIn.misbehave([{ kind: 'status', status: 403, when: { eventType: 'PatientMerge' } }]);
    expect(calls(await site.night.nightly())).toEqual([
      `PatientMerge ${retired} rejected http_403`,
      'VisitPush 70 blocked merge_failed',
      'VisitPush 71 accepted',
    ]);
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual([`PatientMerge ${retired} accepted`, 'VisitPush 70 accepted']);
    await site.expectRedoxIsTrue();
  });
});

describe('an unknown outcome', () => {
  it('is sent again the next night, though Redox took it', async () => {
    const site = await syncedClinic();
    const [patient, other, third] = await site.somePatients();
    const faults = [
      [patient, { kind: 'reset_after' }, 'connection_reset'],
      [other, { kind: 'status_after', status: 504 }, 'http_504'],
      [third, { kind: 'unreadable_200' }, 'unreadable_answer'],
    ] as const;
    const rules: Fault[] = [];
    for (const [id, fault] of faults) {
      await site.clinic.renamePatient(id, 'Changed');
      rules.push({ ...fault, when: { patientId: await site.mrnOf(id) } });
    }
    site.night.standIn.misbehave(rules);
    const night = await site.night.nightly();
    expect(calls(night).sort()).toEqual(faults.map(([id, , reason]) => `PatientUpdate ${id} unknown ${reason}`).sort());
    expect(night.posts).toBe(3 * faults.length);
    expect(night.exitCode).toBe(0);

    site.night.standIn.misbehave([]);
    const sent = faults.map(([id]) => `PatientUpdate ${id} accepted`);
    expect(calls(await site.night.nightly()).sort()).toEqual(sent.sort());
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('of a row that changes back is sent again', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const name = nameOf((await site.stored(patient))?.demographics);
    await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([{ kind: 'reset_after' }]);
    await site.night.nightly();
    expect(nameOf((await site.stored(patient))?.demographics)).toBe('Changed');

    site.night.standIn.misbehave([]);
    await site.clinic.renamePatient(patient, name);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    expect(nameOf((await site.stored(patient))?.demographics)).toBe(name);
  });

  it('of a new patient is followed by NewPatient and the visits', async () => {
    const site = await clinicWithNewPatient();
    site.night.standIn.misbehave([{ kind: 'hang', when: { patientId: 'PL-NEW' } }]);
    const night = await site.night.nightly({ settings: { CALL_TIMEOUT: '1s' }, retry: { attempts: 1 } });
    expect(calls(night)).toEqual(['NewPatient 7 unknown timeout', 'VisitPush 70 blocked new_patient_failed']);
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
    await site.expectRedoxIsTrue();
  });

  it('of a taken merge is repaired by patient, merge and documents', async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    await site.clinic.mergePatients(retired, survivor);
    site.night.standIn.misbehave([{ kind: 'reset_after', when: { eventType: 'PatientMerge' } }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it("of a merge without its retired row waits for the survivor's own merge", async () => {
    const site = await syncedClinic();
    const [retired, survivor, last] = await site.somePatients();
    await site.clinic.mergePatients(retired, survivor);
    site.night.standIn.misbehave([{ kind: 'reset_after', when: { eventType: 'PatientMerge' } }]);
    await site.night.nightly();
    await site.clinic.deletePatient(retired);
    await site.clinic.mergePatients(survivor, last);
    site.night.standIn.misbehave([{ kind: 'status', status: 429, when: { eventType: 'PatientMerge' } }]);
    const merges = async (): Promise<string[]> =>
      calls(await site.night.nightly()).filter((call) => call.startsWith('PatientMerge'));
    expect(await merges()).toEqual([
      `PatientMerge ${survivor} failed http_429`,
      `PatientMerge ${retired} blocked merge_failed`,
    ]);
    site.night.standIn.misbehave([]);
    expect(await merges()).toEqual([`PatientMerge ${survivor} accepted`, `PatientMerge ${retired} accepted`]);
    await site.expectRedoxIsTrue();
  });
});

describe('an answer that deserves a second try', () => {
  it('gets it in the same night, and a 200 without a body needs none', async () => {
    const site = await syncedClinic();
    const patients = await site.somePatients();
    const faults: readonly Fault[] = [
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 503 },
      { kind: 'reset_before' },
      { kind: 'expire_tokens' },
      { kind: 'empty_200' },
    ];
    const rules: Fault[] = [];
    for (const [index, fault] of faults.entries()) {
      const patient = patients[index] ?? '';
      await site.clinic.renamePatient(patient, 'Changed');
      rules.push({ ...fault, when: { patientId: await site.mrnOf(patient), times: 1 } });
    }
    site.night.standIn.misbehave(rules);
    // One call after the other, because a token expires for all of them.
    const night = await site.night.nightly({ settings: { CONCURRENCY: '1' } });
    const attempts = new Map(night.csv('calls').map((row) => [row['entity_id'], `${row['kind']} ${row['attempts']}`]));
    expect(patients.map((patient) => attempts.get(patient))).toEqual([
      ...Array<string>(4).fill('accepted 2'),
      'accepted 1',
    ]);
    await site.expectRedoxIsTrue();
  });
});

describe('a Redox that does not work', () => {
  it('gives no token: the night ends with 69 and everything still owed', async () => {
    const site = await clinicWithNewPatient();
    site.night.standIn.misbehave([{ kind: 'refuse_token' }]);
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 69 });
    site.night.standIn.misbehave([]);
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
  });

  it('answers every call alike: the night ends with 69 early', async () => {
    const site = await syncedClinic();
    const patients = await site.patients();
    for (const patient of patients) await site.clinic.renamePatient(patient, 'Changed');
    site.night.standIn.misbehave([{ kind: 'status', status: 403 }]);
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 69 });
    expect(site.night.standIn.requests().answersByStatus['403']).toBeLessThan(patients.length);
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });
});
