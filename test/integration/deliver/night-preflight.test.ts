import { describe, expect, it } from 'vitest';
import { calls, type ClinicNight, found, openActions, syncedClinic } from '../support/clinic-night.ts';

/** What becomes of a message that is none that Redox can take: it is not sent, and holds up nobody else. */

const bell = '\u0007';

const complain = (site: ClinicNight, visit: string, length: number): Promise<object[]> =>
  site.sql(
    "UPDATE clinic.visit SET complaint_name = repeat('secretive ', $2), changed_at = now() WHERE visit_id = $1",
    [visit, String(length / 10)],
  );

describe('an invalid message', () => {
  it('stays unsent until it is mended, while all others arrive', async () => {
    const site = await syncedClinic();
    const [one, two, three] = await site.somePatients();
    await site.visit('70', one);
    await site.visit('71', two);
    await site.visit('72', three);
    await site.visit('73', one);
    await complain(site, '71', 20_000);
    await site.clinic.renamePatient(one, 'Changed');
    const settings = { DOCUMENT_SIZE_LIMIT: '10KB' };

    const night = await site.night.nightly({ settings });
    expect(calls(night).sort()).toEqual([
      `PatientUpdate ${one} accepted`,
      'VisitPush 70 accepted',
      'VisitPush 71 blocked too_large',
      'VisitPush 72 accepted',
      'VisitPush 73 accepted',
    ]);
    expect(night.posts).toBe(4);
    expect(night.summary.preflight).toEqual({ checked: 5, failed: 1 });
    expect(night.exitCode).toBe(2);

    const invalid = night.csv('discrepancies').filter(({ kind }) => kind === 'invalid');
    expect(invalid.map(({ entity_id, detail, outcome }) => [entity_id, detail, outcome])).toEqual([
      ['71', expect.stringMatching(/^\w+: 2\d{4} of \d{5,6} bytes, limit 10000$/), 'VisitPush:blocked'],
    ]);
    expect(found(night)).toContain('new encounter 71');
    expect(openActions(night)).toEqual(['blocked encounter 71 too_large']);
    expect(night.csv('open-actions').map(({ needs, detail }) => [needs, detail])).toEqual(
      invalid.map(({ detail }) => ['person', detail]),
    );
    expect(site.night.logged()).not.toMatch(/secretive/);

    const again = await site.night.nightly({ settings });
    expect(calls(again)).toEqual(['VisitPush 71 blocked too_large']);
    expect(again.exitCode).toBe(0);

    expect(calls(await site.night.nightly())).toEqual(['VisitPush 71 accepted']);
    await site.expectRedoxIsTrue();
  });

  it('keeps what is known of the row, and goes once it fits', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.visit('70', patient);
    await site.night.nightly();
    await complain(site, '70', 20_000);
    await site.night.nightly({ settings: { DOCUMENT_SIZE_LIMIT: '10KB' } });
    await site.sql('UPDATE clinic.visit SET complaint_name = NULL, changed_at = now() WHERE visit_id = 70');
    expect((await site.night.nightly()).posts).toBe(0);

    await complain(site, '70', 100);
    await site.night.nightly();
    expect(site.document('70')?.versionCount).toBe(2);
  });

  it('with an unfit id is unplanned, and holds back that person alone', async () => {
    const site = await syncedClinic();
    await site.register('7', `PL${bell}NEW`);
    await site.visit('70', '7');
    await site.register('8', 'PL-8');
    const night = await site.night.nightly();
    expect(calls(night)).toEqual(['NewPatient 8 accepted']);
    expect(night.csv('open-actions').map(({ kind, reason, needs }) => [kind, reason, needs])).toEqual([
      ['orphan', 'id_control_character', 'person'],
      ['invalid', 'id_control_character', 'person'],
    ]);
    await site.sql("UPDATE clinic.person SET mrn = 'PL-7', changed_at = now() WHERE person_id = 7");
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
  });

  it("of a merge holds back the retired patient's visits", async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    // Redox was told the identifier by a sender who did not look.
    await site.night.ledger.query(
      'an identifier',
      'UPDATE redox_reconcile.patient SET former_mrns = $2 WHERE patient_id = $1',
      [retired, [`PL${bell}`]],
    );
    await site.sql(
      'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, now())',
      [retired, survivor],
    );
    await site.visit('70', retired);
    await site.visit('71', survivor);
    const night = await site.night.nightly();
    expect(calls(night)).toEqual([
      `PatientMerge ${retired} blocked invalid_message`,
      'VisitPush 70 blocked merge_failed',
      'VisitPush 71 accepted',
    ]);
    expect(openActions(night)).toContain(`blocked merge ${retired} invalid_message`);
    expect(night.csv('discrepancies').filter(({ kind }) => kind === 'invalid')).toMatchObject([
      {
        entity_id: retired,
        detail: 'Patient.PreviousIdentifiers[1].ID: not_xml',
        outcome: 'PatientMerge:blocked',
      },
    ]);
    expect(site.night.logged()).toContain('"reason":"invalid_message","section":"Patient","fault":"not_xml"');
    expect(site.night.logged()).not.toMatch(/\\u0007/);
  });
});

describe('a text with a character that XML excludes', () => {
  it('is sent with U+FFFD in its place, and reported once', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.sql(
      "UPDATE clinic.person SET given_name = 'A' || chr(7) || 'da', changed_at = now() WHERE person_id = $1",
      [patient],
    );
    const night = await site.night.nightly();
    expect(calls(night)).toEqual([`PatientUpdate ${patient} accepted`]);
    expect((await site.stored(patient))?.demographics['FirstName']).toBe('A\ufffdda');
    const lines = night.csv('data-quality').filter(({ kind }) => kind === 'forbidden_character');
    expect(lines.map(({ entity_id, column_name }) => [entity_id, column_name])).toEqual([[patient, 'first_name']]);
  });
});
