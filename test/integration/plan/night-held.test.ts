import { describe, expect, it } from 'vitest';
import { calls, type ClinicNight, found, openActions, syncedClinic } from '../support/clinic-night.ts';

/** What the night makes of unknown outcomes where UNKNOWN_OUTCOME says `hold`. */

/** A clinic whose changed patient Redox may or may not have been told. */
async function clinicInDoubt(): Promise<{ site: ClinicNight; patient: string }> {
  const site = await syncedClinic({ UNKNOWN_OUTCOME: 'hold' });
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'reset_after' }]);
  await site.night.nightly();
  site.night.standIn.misbehave([]);
  return { site, patient };
}

describe('a row with an unknown outcome', () => {
  it('is held until a person decides, and listed as held', async () => {
    const { site, patient } = await clinicInDoubt();
    const night = await site.night.nightly();
    expect(night.posts).toBe(0);
    expect(found(night)).toEqual([`held patient ${patient}`]);
    expect(openActions(night)).toEqual([`held patient ${patient}`]);
    expect(night.summary.patients.held).toBe(1);
    expect(night.exitCode).toBe(2);
    expect((await site.night.nightly()).exitCode).toBe(0);
    expect(calls(await site.night.intraday())).toEqual([]);
  });

  it('is held by resend, and sent by resend --held', async () => {
    const { site, patient } = await clinicInDoubt();
    expect(calls(await site.night.resend())).toEqual([]);
    expect(calls(await site.night.resend({ includesHeld: true }))).toEqual([`PatientUpdate ${patient} accepted`]);
    expect(found(await site.night.nightly())).toEqual([]);
    await site.expectRedoxIsTrue();
  });

  it('does not hold back the others', async () => {
    const { site, patient } = await clinicInDoubt();
    await site.visit('70', patient);
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
  });
});

it('a merge with an unknown outcome holds back nothing else', async () => {
  const site = await syncedClinic({ UNKNOWN_OUTCOME: 'hold' });
  const [retired, survivor] = await site.somePatients();
  await site.sql(
    'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
    [retired, survivor],
  );
  site.night.standIn.misbehave([{ kind: 'reset_after' }]);
  await site.night.nightly();
  site.night.standIn.misbehave([]);
  await site.clinic.renamePatient(survivor, 'Changed');
  const night = await site.night.nightly();
  expect(found(night)).toContain(`held merge ${retired}`);
  expect(calls(night)).toContain(`PatientUpdate ${survivor} accepted`);
  expect(calls(night).filter((call) => call.startsWith('PatientMerge'))).toEqual([]);
  await site.night.resend({ includesHeld: true });
  await site.night.nightly();
  await site.expectRedoxIsTrue();
  expect(found(await site.night.nightly())).toEqual([]);
});

it('a visit with an unknown outcome is held', async () => {
  const site = await syncedClinic({ UNKNOWN_OUTCOME: 'hold' });
  const [patient] = await site.somePatients();
  await site.visit('70', patient);
  site.night.standIn.misbehave([{ kind: 'status_after', status: 504 }]);
  await site.night.nightly();
  site.night.standIn.misbehave([]);
  expect(found(await site.night.nightly())).toEqual(['held encounter 70']);
  expect(calls(await site.night.resend({ includesHeld: true }))).toEqual(['VisitPush 70 accepted']);
});
