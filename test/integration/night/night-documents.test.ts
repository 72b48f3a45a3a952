import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { calls, type ClinicNight, found, openActions, playedClinic, syncedClinic } from '../support/clinic-night.ts';

/** The life of a document: what becomes of it when its visit is edited, reopened, cancelled or moved, and how it is counted. */

/** The header of the document that Redox holds of a visit. */
function documentOf(site: ClinicNight, visit: string): JsonObject {
  const { Document } = (site.document(visit)?.message['Header'] ?? {}) as { readonly Document?: JsonObject };
  return Document ?? {};
}

const versionOf = (site: ClinicNight, visit: string): number => Number(documentOf(site, visit)['VersionNumber']);

/** The version that the ledger knows as the last one sent. */
const knownVersion = async ({ night }: ClinicNight): Promise<number> =>
  Number(
    (await night.ledger.query('a version', "SELECT document_version AS v FROM encounter WHERE encounter_id = '70'"))
      .rows[0]?.['v'],
  );

/** The time of the document that the ledger knows as the last one sent. */
const knownTime = async ({ night }: ClinicNight): Promise<unknown> =>
  (
    await night.ledger.query(
      'a document time',
      `SELECT to_char(document_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS t FROM encounter WHERE encounter_id = '70'`,
    )
  ).rows[0]?.['t'];

const secondsSince2020 = (): number => Math.floor((Date.now() - Date.UTC(2020, 0, 1)) / 1_000);

const timeOf = (site: ClinicNight, visit: string): string => documentOf(site, visit)['DateTime'] as string;

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
async function sentVisit(): Promise<{ site: ClinicNight; patient: string; other: string }> {
  const site = await playedClinic('visit_sent', async (played) => {
    await played.visit('70', (await played.somePatients())[0]);
    await played.night.nightly();
  });
  const [patient, other] = await site.somePatients();
  return { site, patient, other };
}

describe('the version of a document', () => {
  it('counts seconds since 2020, and grows with every push', async () => {
    const before = secondsSince2020();
    const { site } = await sentVisit();
    const first = documentOf(site, '70');
    expect(first['SetID']).toBe(first['ID']);
    for (const endedAt of ['2026-02-27 10:00', '2026-02-27 10:30']) {
      const known = versionOf(site, '70');
      const madeAt = timeOf(site, '70');
      await finish(site, '70', endedAt);
      expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
      expect(documentOf(site, '70')).toMatchObject({ ID: first['ID'], SetID: first['ID'] });
      expect(versionOf(site, '70')).toBeGreaterThan(known);
      expect(timeOf(site, '70') > madeAt).toBe(true);
      expect(versionOf(site, '70')).toBeGreaterThanOrEqual(before);
      // A push in the second of the one before takes the next number.
      expect(versionOf(site, '70')).toBeLessThanOrEqual(secondsSince2020() + 1);
    }
  });

  it('is the previous one plus one when the clock is behind', async () => {
    const { site } = await sentVisit();
    await site.night.ledger.query('a clock set back', 'UPDATE encounter SET document_version = 2000000000');
    await finish(site, '70', '2026-02-27 10:00');
    await site.night.nightly();
    expect(versionOf(site, '70')).toBe(2_000_000_001);
  });

  it('stays unused after a ledger has lost the push', async () => {
    const { site } = await sentVisit();
    const lost = versionOf(site, '70');
    await site.night.ledger.query('a restored ledger', "DELETE FROM encounter WHERE encounter_id = '70'");
    // A restore takes longer than the second that a version is.
    await vi.waitUntil(() => secondsSince2020() > lost, 60_000);
    await finish(site, '70', '2026-02-27 10:00');
    await site.night.nightly();
    expect(versionOf(site, '70')).toBeGreaterThan(lost);
  });

  it('is the same in every try of a night', async () => {
    const { site } = await sentVisit();
    const known = versionOf(site, '70');
    await finish(site, '70', '2026-02-27 10:00');
    site.night.standIn.misbehave([{ kind: 'status_after', status: 504, when: { times: 1 } }]);
    expect((await site.night.nightly()).posts).toBe(2);
    expect(versionOf(site, '70')).toBeGreaterThan(known);
    expect(versionOf(site, '70')).toBe(await knownVersion(site));
    expect(documentOf(site, '70')['DateTime']).toBe(await knownTime(site));
    // The stand-in counts what it took: the first push, and the second one twice.
    expect(site.document('70')?.versionCount).toBe(3);
  });

  it.each([{ kind: 'status', status: 400 }, { kind: 'reset_after' }] as const)(
    'grows also after a push that ended with %j',
    async (misbehaviour) => {
      const { site } = await sentVisit();
      await finish(site, '70', '2026-02-27 10:00');
      site.night.standIn.misbehave([misbehaviour]);
      await site.night.nightly();
      const used = await knownVersion(site);
      site.night.standIn.misbehave([]);
      await finish(site, '70', '2026-02-27 10:30');
      await site.night.nightly();
      expect(versionOf(site, '70')).toBeGreaterThan(used);
    },
  );

  it('alone is no change: the same message is not pushed', async () => {
    const { site } = await sentVisit();
    const known = versionOf(site, '70');
    await site.sql('UPDATE clinic.visit SET note_version = note_version + 1, changed_at = now() WHERE visit_id = 70');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 unneeded']);
    expect(versionOf(site, '70')).toBe(known);
  });
});

describe('a pushed visit that is open again', () => {
  it('stays at Redox, and is pushed as the next version once finished otherwise', async () => {
    const { site } = await sentVisit();
    const known = versionOf(site, '70');
    await reopen(site, '70');
    for (const mode of ['changes', 'sweep'] as const) {
      const night = await site.night.nightly({ mode });
      expect(found(night)).toEqual(['changed encounter 70 reopened']);
      expect(calls(night)).toEqual([]);
      expect(openActions(night)).toEqual([]);
      expect(night.exitCode).toBe(0);
      expect(night.summary.encounters).toMatchObject({ due: 0, changed: 0 });
    }
    await finish(site, '70', '2026-02-27 09:30');
    expect((await site.night.nightly()).posts).toBe(0);
    expect(versionOf(site, '70')).toBe(known);

    await finish(site, '70', '2026-02-27 11:00');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(versionOf(site, '70')).toBeGreaterThan(known);
    await site.expectRedoxIsTrue();
  });

  it("and is then cancelled is a person's to withdraw", async () => {
    const { site } = await sentVisit();
    await reopen(site, '70');
    await site.night.nightly();
    await site.clinic.cancelVisit('70');
    const night = await site.night.nightly();
    expect(found(night)).toEqual(['cancelled_after_push encounter 70']);
    expect(openActions(night)).toEqual(['cancelled_after_push encounter 70']);
    expect(night.posts).toBe(0);
  });

  it('and moved to another patient goes there once finished', async () => {
    const { site, patient, other } = await sentVisit();
    await reopen(site, '70');
    await site.clinic.moveVisit('70', other);
    const open = await site.night.nightly();
    expect(found(open)).toEqual(['changed encounter 70 reopened']);
    expect(await site.documentsOf(patient)).toContain('70');

    await finish(site, '70', '2026-02-27 09:30');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(await site.documentsOf(other)).toContain('70');
    await site.expectRedoxIsTrue();
  });

  it('after an unknown push waits for its end, then increases its version', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.visit('70', patient);
    site.night.standIn.misbehave([{ kind: 'reset_after' }]);
    await site.night.nightly();
    const used = versionOf(site, '70');
    site.night.standIn.misbehave([]);
    await reopen(site, '70');
    const open = await site.night.nightly();
    expect(found(open)).toEqual(['changed encounter 70 reopened']);
    expect(open.posts).toBe(0);
    await finish(site, '70', '2026-02-27 09:30');
    expect(calls(await site.night.nightly())).toEqual(['VisitPush 70 accepted']);
    expect(versionOf(site, '70')).toBeGreaterThan(used);
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

  it('goes out at the discharge, and stays when that is taken back', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await admit(site, patient);
    const stay = await site.night.nightly();
    expect(calls(stay)).toEqual([]);
    expect(found(stay)).toEqual([]);

    await finish(site, '80', '2026-02-25 12:00');
    await site.night.nightly();
    expect(typeOf(site, '80')).toBe('18842-5');
    const known = versionOf(site, '80');

    await reopen(site, '80');
    const back = await site.night.nightly();
    expect(found(back)).toEqual(['changed encounter 80 reopened']);
    expect(back.posts).toBe(0);

    await finish(site, '80', '2026-02-27 12:00');
    await site.night.nightly();
    expect(typeOf(site, '80')).toBe('18842-5');
    expect(versionOf(site, '80')).toBeGreaterThan(known);
    expect(timeOf(site, '80') > '2026-02-27T18:00:00.000Z').toBe(true);
  });
});
