import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { calls, type ClinicNight, found, openActions, toldClinic, untoldClinic } from './clinic-night.ts';

/** The life of a document: what becomes of it when its visit is edited, reopened, cancelled or moved, and how it is counted. */

/** The header of the document that Redox holds of a visit. */
function documentOf(site: ClinicNight, visit: string): JsonObject {
  const { Document } = (site.document(visit)?.message['Header'] ?? {}) as { readonly Document?: JsonObject };
  return Document ?? {};
}

const versionOf = (site: ClinicNight, visit: string): unknown => documentOf(site, visit)['VersionNumber'];

const typeOf = (site: ClinicNight, visit: string): unknown => documentOf(site, visit)['Type'];

const reopen = (site: ClinicNight, visit: string): Promise<object[]> =>
  site.sql("UPDATE clinic.visit SET state = 'ARRIVED', ended_at = NULL, changed_at = now() WHERE visit_id = $1", [
    visit,
  ]);

const finish = (site: ClinicNight, visit: string, endedAt: string): Promise<object[]> =>
  site.sql("UPDATE clinic.visit SET state = 'DONE', ended_at = $2, changed_at = now() WHERE visit_id = $1", [
    visit,
    endedAt,
  ]);

/** A told clinic with a told visit 70 of its first patient. */
async function toldVisit(): Promise<{ site: ClinicNight; patient: string; other: string }> {
  const site = await toldClinic();
  const [patient, other] = await site.somePatients();
  await site.visit('70', patient);
  await site.night.nightly();
  return { site, patient, other };
}

describe('the version of a document', () => {
  it('starts at 1 and grows by one with every push, under the same id and set', async () => {
    const { site } = await toldVisit();
    const first = documentOf(site, '70');
    expect(first['VersionNumber']).toBe('1');
    expect(first['SetID']).toBe(first['ID']);
    for (const [version, endedAt] of [
      ['2', '2026-02-27 10:00'],
      ['3', '2026-02-27 10:30'],
    ] as const) {
      await finish(site, '70', endedAt);
      expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
      expect(documentOf(site, '70')).toMatchObject({ ID: first['ID'], SetID: first['ID'], VersionNumber: version });
    }
  });

  it('is the same in every try of a night', async () => {
    const { site } = await toldVisit();
    await finish(site, '70', '2026-02-27 10:00');
    site.night.standIn.misbehave([{ kind: 'status_after', status: 504, when: { times: 1 } }]);
    expect((await site.night.nightly()).posts).toBe(2);
    expect(versionOf(site, '70')).toBe('2');
    // The stand-in counts what it took: the first push, and the second one twice.
    expect(site.document('70')?.versionCount).toBe(3);
  });

  it('is given back where Redox certainly did not take the push', async () => {
    const { site } = await toldVisit();
    await finish(site, '70', '2026-02-27 10:00');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 rejected http_400']);
    site.night.standIn.misbehave([]);
    await finish(site, '70', '2026-02-27 10:30');
    await site.night.nightly();
    expect(versionOf(site, '70')).toBe('2');
  });

  it('is 1 again where Redox certainly did not take the first push', async () => {
    const site = await toldClinic();
    const [patient] = await site.somePatients();
    await site.visit('70', patient);
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    expect(versionOf(site, '70')).toBe('1');
  });

  it('is used up where nobody knows whether Redox took the push', async () => {
    const { site } = await toldVisit();
    await finish(site, '70', '2026-02-27 10:00');
    site.night.standIn.misbehave([{ kind: 'reset_after' }]);
    await site.night.nightly();
    expect(versionOf(site, '70')).toBe('2');
    site.night.standIn.misbehave([]);
    await finish(site, '70', '2026-02-27 10:30');
    await site.night.nightly();
    expect(versionOf(site, '70')).toBe('3');
  });

  it('is 2 in the first push of a document that another sender had brought to Redox', async () => {
    const site = await untoldClinic();
    await site.night.baseline();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    await site.sql(
      "UPDATE clinic.visit SET began_at = began_at - interval '1 hour', changed_at = now() WHERE visit_id = $1",
      [visit],
    );
    // The stand-in heard nothing of the other sender: it takes a document only of a patient that it has.
    await site.sql('UPDATE clinic.person SET family_name = $2, changed_at = now() WHERE person_id = $1', [
      patient,
      'New',
    ]);
    await site.night.ledger.query('forgetting a patient', 'DELETE FROM patient WHERE patient_id = $1', [patient]);
    expect(calls(await site.night.nightly())).toEqual([
      `NewPatient ${patient} accepted`,
      `VisitPush ${visit} accepted`,
    ]);
    expect(versionOf(site, visit)).toBe('2');
  });

  it('alone is no news: a row that changed without its message is not pushed', async () => {
    const { site } = await toldVisit();
    await site.sql('UPDATE clinic.visit SET note_version = note_version + 1, changed_at = now() WHERE visit_id = 70');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 unneeded']);
    expect(versionOf(site, '70')).toBe('1');
  });
});

describe('a visit that was pushed and is open again', () => {
  it('is reported and left as Redox has it, and pushed as the next version once it is finished', async () => {
    const { site } = await toldVisit();
    await reopen(site, '70');
    for (const mode of ['changes', 'sweep'] as const) {
      const night = await site.night.nightly({ mode });
      expect(found(night)).toEqual(['changed encounter 70 reopened']);
      expect(calls(night)).toEqual([]);
      expect(openActions(night)).toEqual([]);
      expect(night.exitCode).toBe(0);
      expect(night.summary.encounters).toMatchObject({ due: 0, changed: 0 });
    }
    expect(versionOf(site, '70')).toBe('1');

    await finish(site, '70', '2026-02-27 11:00');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(versionOf(site, '70')).toBe('2');
    await site.expectRedoxIsTrue();
  });

  it('and is finished again as it was needs no push', async () => {
    const { site } = await toldVisit();
    await reopen(site, '70');
    await site.night.nightly();
    await finish(site, '70', '2026-02-27 09:30');
    expect((await site.night.nightly()).posts).toBe(0);
    expect(versionOf(site, '70')).toBe('1');
  });

  it('and is cancelled then is a person’s to have withdrawn', async () => {
    const { site } = await toldVisit();
    await reopen(site, '70');
    await site.night.nightly();
    await site.clinic.cancelVisit('70');
    const night = await site.night.nightly();
    expect(found(night)).toEqual(['cancelled_after_push encounter 70']);
    expect(openActions(night)).toEqual(['cancelled_after_push encounter 70']);
    expect(night.posts).toBe(0);
  });

  it('and is moved to another patient goes there when it is finished', async () => {
    const { site, patient, other } = await toldVisit();
    await reopen(site, '70');
    await site.clinic.moveVisit('70', other);
    const open = await site.night.nightly();
    expect(found(open)).toEqual(['changed encounter 70 reopened']);
    expect(await site.documentsOf(patient)).toContain('70');

    await finish(site, '70', '2026-02-27 09:30');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(await site.documentsOf(other)).toContain('70');
    expect(versionOf(site, '70')).toBe('2');
    await site.expectRedoxIsTrue();
  });

  it('after a push of unknown outcome owes nothing until it is finished, and then takes the next number', async () => {
    const site = await toldClinic();
    const [patient] = await site.somePatients();
    await site.visit('70', patient);
    site.night.standIn.misbehave([{ kind: 'reset_after' }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await reopen(site, '70');
    const open = await site.night.nightly();
    expect(found(open)).toEqual(['changed encounter 70 reopened']);
    expect(open.posts).toBe(0);
    await finish(site, '70', '2026-02-27 09:30');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(versionOf(site, '70')).toBe('2');
  });
});

describe('the discharge summary of an inpatient', () => {
  /** A stay on the first ward of the clinic. */
  const admit = (site: ClinicNight, patient: string): Promise<object[]> =>
    site.sql(
      `INSERT INTO clinic.visit (visit_id, person_id, department_id, state, began_at, note_version, changed_at)
       SELECT 80, $1, min(department_id), 'ARRIVED', '2026-02-20 09:00', 1, now()
       FROM clinic.department WHERE visit_kind = 'IP'`,
      [patient],
    );

  it('goes out at the discharge, stays where that is taken back, and is followed by the next one', async () => {
    const site = await toldClinic();
    const [patient] = await site.somePatients();
    await admit(site, patient);
    const stay = await site.night.nightly();
    expect(calls(stay)).toEqual([]);
    expect(found(stay)).toEqual([]);

    await finish(site, '80', '2026-02-25 12:00');
    await site.night.nightly();
    expect([typeOf(site, '80'), versionOf(site, '80')]).toEqual(['18842-5', '1']);

    await reopen(site, '80');
    const back = await site.night.nightly();
    expect(found(back)).toEqual(['changed encounter 80 reopened']);
    expect(back.posts).toBe(0);

    await finish(site, '80', '2026-02-27 12:00');
    await site.night.nightly();
    expect([typeOf(site, '80'), versionOf(site, '80')]).toEqual(['18842-5', '2']);
    expect(documentOf(site, '80')['DateTime']).toBe('2026-02-27T18:00:00.000Z');
  });
});
