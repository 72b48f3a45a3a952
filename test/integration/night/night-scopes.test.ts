import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readListedRows } from '../../../jobs/night/listed-rows.ts';
import { readWindow } from '../../../jobs/night/window.ts';
import { calls, type ClinicNight, found, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import { openNight } from '../support/night.ts';

/** Runs that look at a part of the EHR only. */

/** A told clinic whose new patient, `7`, Redox refused; the row is of long ago. */
async function clinicWithOpenRow(): Promise<ClinicNight> {
  const site = await syncedClinic();
  await site.register('7', 'PL-NEW');
  site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
  await site.night.nightly();
  site.night.standIn.misbehave([]);
  await site.sql("UPDATE clinic.person SET changed_at = '2020-01-01' WHERE person_id = 7");
  return site;
}

describe('intraday', () => {
  it('sends what updated_at marks as changed, and leaves gone rows', async () => {
    const site = await syncedClinic();
    const [loud, silent, deleted] = await site.somePatients();
    await site.clinic.renamePatient(loud, 'Loud');
    await site.clinic.renamePatient(silent, 'Silent', { silent: true });
    await site.clinic.deletePatient(deleted);
    const run = await site.night.intraday();
    expect(run.summary.mode).toBe('changes');
    expect(found(run)).toEqual([`changed patient ${loud}`]);
    expect(run.taken).toEqual({ PatientUpdate: 1 });
    expect(run.summary.patients.read).toBeLessThan(5);
    expect(found(await site.night.nightly())).toEqual([`gone patient ${deleted}`, `silent_change patient ${silent}`]);
  });

  it('reads everything when no run has done so before', async () => {
    const site = await tinyClinic();
    const run = await site.night.intraday();
    expect(run.summary.mode).toBe('sweep');
    expect(site.night.logged()).toContain('no_watermark_yet');
    await site.expectRedoxIsTrue();
    expect((await site.night.intraday()).summary.mode).toBe('changes');
  });

  it('sends a changed visit under an unchanged patient', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed', changed_at = now() WHERE visit_id = $1", [visit]);
    expect(calls(await site.night.intraday())).toEqual([`VisitPush ${visit} accepted`]);
    expect(await site.documentsOf(patient)).toContain(visit);
  });

  it('sends open calls, whenever their row was updated', async () => {
    const site = await clinicWithOpenRow();
    expect(calls(await site.night.intraday())).toEqual(['NewPatient 7 accepted']);
    expect(calls(await site.night.intraday())).toEqual([]);
  });

  it('sends merges, also undone and re-pointed, without an updated row', async () => {
    const site = await syncedClinic();
    const [a, b, c] = await site.somePatients();
    await site.sql(
      `INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at)
       VALUES ($1, $2, '2020-01-01')`,
      [a, b],
    );
    expect(calls(await site.night.intraday())).toEqual([`PatientMerge ${a} accepted`]);
    await site.expectRedoxIsTrue();

    await site.sql('UPDATE clinic.merge_log SET surviving_person_id = $2 WHERE retired_person_id = $1', [a, c]);
    expect((await site.night.intraday()).taken).toMatchObject({ NewPatient: 1, PatientMerge: 1 });
    await site.expectRedoxIsTrue();

    await site.sql('UPDATE clinic.merge_log SET undone_at = now() WHERE retired_person_id = $1', [a]);
    expect((await site.night.intraday({ allowLargeChange: true })).taken).toMatchObject({ NewPatient: 1 });
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.intraday())).toEqual([]);
  });

  it('is a sweep when the contract has no updated_at', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'extract-'));
    await writeFile(join(folder, 'patients.csv'), 'Id,FIRST,LAST\np1,Ann,Lee\n');
    await writeFile(join(folder, 'encounters.csv'), 'Id,START,STOP,PATIENT\n');
    const night = await openNight({ ehr: { kind: 'csv', folder, contract: 'sql/ehr/synthea' } });
    onTestFinished(async () => {
      await night.close();
      await rm(folder, { recursive: true });
    });
    expect((await night.nightly()).taken).toEqual({ NewPatient: 1 });
    await appendFile(join(folder, 'patients.csv'), 'p2,Bo,Kim\n');
    const run = await night.intraday();
    expect(run.summary.mode).toBe('sweep');
    expect(night.logged()).toContain('contract_without_updated_at');
    expect(run.taken).toEqual({ NewPatient: 1 });
  });
});

describe('rerun', () => {
  const january = readWindow('2026-01-10', '2026-01-11', 'America/Chicago');

  it("by updated covers the window's rows, and keeps the watermark", async () => {
    const site = await syncedClinic();
    const [before, first, last, after] = await site.somePatients();
    await site.clinic.renamePatient(before, 'Before', { at: '2026-01-10T05:59:59.999Z' });
    await site.clinic.renamePatient(first, 'First', { at: '2026-01-10T06:00:00Z' });
    await site.clinic.renamePatient(last, 'Last', { at: '2026-01-12T05:59:59.999Z' });
    await site.clinic.renamePatient(after, 'After', { at: '2026-01-12T06:00:00Z' });
    const run = await site.night.rerun({ kind: 'window', by: 'updated', ...january });
    expect(run.csv('calls').map(({ entity_id }) => entity_id)).toEqual([first, last]);
    expect(run.summary.watermark.to).toBeNull();
    expect(run.summary.mode).toBe('window');
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });

  it("by activity covers the window's visits, patients and merges", async () => {
    const site = await syncedClinic();
    const [patient, another, retired, survivor] = await site.somePatients();
    const [outside] = await site.visitsOf(another);
    await site.visit('70', patient);
    await site.sql(
      "UPDATE clinic.visit SET began_at = '2026-01-09 23:00', ended_at = '2026-01-10 01:00' WHERE visit_id = 70",
    );
    await site.clinic.renamePatient(patient, 'Changed');
    await site.clinic.renamePatient(another, 'Other');
    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed' WHERE visit_id = $1", [outside]);
    await site.sql(
      'INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at) VALUES ($1, $2, $3)',
      [retired, survivor, '2026-01-10T12:00:00Z'],
    );
    const run = await site.night.rerun({ kind: 'window', by: 'activity', ...january });
    expect(calls(run).sort()).toEqual([
      `PatientMerge ${retired} accepted`,
      `PatientUpdate ${patient} accepted`,
      'VisitPush 70 accepted',
    ]);
  });

  it('--only covers just the rows of an edited report', async () => {
    const site = await syncedClinic();
    const [patient, another] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    await site.clinic.renamePatient(another, 'Changed');
    const plan = await site.night.nightly({ planOnly: true });
    const report = join(plan.reportFolder, 'discrepancies.csv');
    const lines = (await readFile(report, 'utf8')).split('\r\n');
    const kept = lines.filter((line) => !line.includes(`,${another},`));
    expect(kept).toHaveLength(lines.length - 1);
    await writeFile(report, kept.join('\r\n'));
    const run = await site.night.rerun({ kind: 'only', rows: () => readListedRows(report) });
    expect(calls(run)).toEqual([`PatientUpdate ${patient} accepted`]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${another} accepted`]);
  });

  it('--force sends current rows, and only the requested ones', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    const only = (entity: 'patient' | 'encounter', id: string) =>
      ({
        kind: 'only',
        rows: async function* () {
          yield await Promise.resolve({ entity, id });
        },
      }) as const;
    expect(calls(await site.night.rerun(only('encounter', visit)))).toEqual([]);
    const forced = await site.night.rerun(only('encounter', visit), { forced: true });
    expect(calls(forced)).toEqual([`VisitPush ${visit} accepted`]);
    expect(found(forced)).toEqual([`forced encounter ${visit}`]);
    expect(calls(await site.night.rerun(only('patient', patient), { forced: true }))).toEqual([
      `PatientUpdate ${patient} accepted`,
    ]);
    expect(site.document(visit)?.versionCount).toBe(2);
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('leaves other open calls alone', async () => {
    const site = await clinicWithOpenRow();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed', { at: '2026-01-10T12:00:00Z' });
    expect(calls(await site.night.rerun({ kind: 'window', by: 'updated', ...january }))).toEqual([
      `PatientUpdate ${patient} accepted`,
    ]);
    expect(calls(await site.night.resend())).toEqual(['NewPatient 7 accepted']);
  });

  it('leaves open the patients it read only for their visits', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const [visit] = await site.visitsOf(patient);
    await site.clinic.renamePatient(patient, 'Refused');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.sql("UPDATE clinic.person SET changed_at = '2020-01-01' WHERE person_id = $1", [patient]);
    await site.sql(
      "UPDATE clinic.visit SET billing_name = 'Changed', changed_at = '2026-01-10T12:00:00Z' WHERE visit_id = $1",
      [visit],
    );
    expect(calls(await site.night.rerun({ kind: 'window', by: 'updated', ...january }))).toEqual([
      `VisitPush ${visit} accepted`,
    ]);
    expect(calls(await site.night.intraday())).toEqual([`PatientUpdate ${patient} accepted`]);
    expect(calls(await site.night.resend())).toEqual([]);
  });
});

describe('resend', () => {
  it('sends only open calls, and keeps the watermark', async () => {
    const site = await clinicWithOpenRow();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    const run = await site.night.resend();
    expect(calls(run)).toEqual(['NewPatient 7 accepted']);
    expect(run.summary.watermark.to).toBeNull();
    expect(calls(await site.night.resend())).toEqual([]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });
});

describe('a plan without delivery', () => {
  it('sends nothing, keeps the watermark, and leaves everything to the next', async () => {
    const site = await tinyClinic();
    const plan = await site.night.nightly({ planOnly: true });
    expect(plan.posts).toBe(0);
    expect(plan.exitCode).toBe(0);
    expect(plan.summary.watermark.to).toBeNull();
    const { planned, not_started } = plan.summary.calls.NewPatient;
    expect(not_started).toBe(planned);
    const night = await site.night.nightly();
    expect(night.taken['NewPatient']).toBe(planned);
    await site.expectRedoxIsTrue();
  });
});

describe('baseline', () => {
  it('sends nothing, so the next night sends only later changes', async () => {
    const site = await tinyClinic();
    const baseline = await site.night.baseline();
    expect(baseline.posts).toBe(0);
    expect(calls(await site.night.nightly())).toEqual([]);

    await site.register('7', 'PL-NEW');
    await site.visit('70', '7');
    expect(calls(await site.night.nightly())).toEqual(['NewPatient 7 accepted', 'VisitPush 70 accepted']);
  });

  it('leaves rows updated after its day to the next night', async () => {
    const site = await tinyClinic();
    const [patient] = await site.somePatients();
    const visits = await site.visitsOf(patient);
    await site.clinic.renamePatient(patient, 'Later', { at: '2026-03-02T12:00:00Z' });
    await site.night.baseline(new Date('2026-03-02T00:00:00Z'));
    expect(calls(await site.night.nightly())).toEqual([
      `NewPatient ${patient} accepted`,
      ...visits.map((visit) => `VisitPush ${visit} accepted`),
    ]);
  });

  it('counts merges before its day as sent, and later ones as open', async () => {
    const site = await syncedClinic();
    const [before, after, survivor] = await site.somePatients();
    await site.clinic.mergePatients(before, survivor, { at: '2026-03-01T12:00:00Z' });
    await site.night.nightly();
    await site.clinic.mergePatients(after, survivor, { at: '2026-03-02T12:00:00Z' });
    await site.night.ledger.query('forgetting what was told', 'TRUNCATE patient, encounter, watermark');
    await site.night.baseline(new Date('2026-03-02T00:00:00Z'));
    // Nobody can say whether Redox has the patient who was retired, so it is told before it is merged.
    const run = await site.night.nightly();
    expect(calls(run).slice(0, 2)).toEqual([`NewPatient ${after} accepted`, `PatientMerge ${after} accepted`]);
    expect(run.taken).toMatchObject({ NewPatient: 1, PatientMerge: 1 });
    await site.expectRedoxIsTrue();
  });
});
