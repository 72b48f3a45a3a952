import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calls, type ClinicNight, openActions, syncedClinic } from '../support/clinic-night.ts';
import { syncedExtract } from '../support/extract-night.ts';
import { openNight } from '../support/night.ts';

/** Nights that are refused, and what lets them through. */

const newKey = (): string => randomBytes(32).toString('base64');

const runs = async ({ night }: ClinicNight): Promise<unknown[]> =>
  (await night.ledger.query('the runs', 'SELECT status, exit_code FROM run ORDER BY run_number')).rows;

const watermark = async ({ night }: ClinicNight): Promise<unknown[]> =>
  (await night.ledger.query('the watermark', 'SELECT through FROM watermark')).rows;

describe('a ledger', () => {
  it('of another target is refused by the differing setting until --new-target', async () => {
    const site = await syncedExtract(3);
    const settings = { DOCUMENT_OID: '2.16.840.1.113883.3.6147.458.77777.1.1.9.1' };
    await expect(site.nightly({ settings })).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(/DOCUMENT_OID .*--new-target/s) as string,
    });
    expect(site.night.standIn.requests().posts).toBe(0);

    const settingsOfOther = { REDOX_SOURCE_ID: '0a1b2c3d-0000-4000-8000-00000000000a' };
    const anew = await site.nightly({ settings: settingsOfOther, newTarget: true });
    expect(anew.posts).toBe(6);
    expect(anew.exitCode).toBe(0);
    expect(calls(await site.nightly({ settings: settingsOfOther }))).toEqual([]);
  });

  it('is closed to a wrong LEDGER_KEY, and takes a new one beside the previous', async () => {
    const site = await syncedClinic();
    await expect(site.night.nightly({ settings: { LEDGER_KEY: newKey() } })).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining('LEDGER_KEY') as string,
    });
    const rotating = { LEDGER_KEY: newKey(), LEDGER_KEY_PREVIOUS: site.night.environment['LEDGER_KEY'] ?? '' };
    expect(calls(await site.night.nightly({ settings: rotating }))).toEqual([]);
    expect(calls(await site.night.nightly({ settings: { LEDGER_KEY: rotating.LEDGER_KEY } }))).toEqual([]);
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 64 });
  });

  it('of a newer release is refused', async () => {
    const site = await syncedClinic();
    await site.night.ledger.query('a newer release', "INSERT INTO migration (number, name) VALUES (9999, 'to-come')");
    await expect(site.night.nightly()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('version 9999') as string,
    });
  });

  it('from before the first release is refused, with a remedy', async () => {
    const site = await syncedClinic();
    await site.night.ledger.query(
      'former numbers',
      "UPDATE migration SET name = '0001-first-ledger' WHERE number = 1; INSERT INTO migration (number, name) VALUES (21, '0021-suspect')",
    );
    const sentence = /before its first release.*Let LEDGER_URL name an empty database, and run `baseline` there/s;
    await expect(site.night.nightly()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(sentence) as string,
    });
    await site.night.ledger.query('only the first of them', 'DELETE FROM migration WHERE number = 21');
    await expect(site.night.nightly()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(sentence) as string,
    });
  });

  it('of an older release has every row compared and no message sent', async () => {
    const site = await syncedClinic();
    for (const table of ['patient', 'encounter']) {
      await site.night.ledger.query('an older release', `UPDATE ${table} SET builder_version = builder_version - 1`);
    }
    const night = await site.night.nightly();
    expect(night.posts).toBe(0);
    const { NewPatient, PatientUpdate, VisitPush } = night.summary.calls;
    expect(NewPatient.planned).toBe(0);
    expect(PatientUpdate).toMatchObject({ planned: night.summary.patients.due, unneeded: PatientUpdate.planned });
    expect(VisitPush).toMatchObject({ planned: night.summary.encounters.due, unneeded: VisitPush.planned });
    expect(PatientUpdate.planned).toBeGreaterThan(50);
    expect(calls(await site.night.nightly())).toEqual([]);
  });
});

describe('an EHR', () => {
  it('without known merges is refused, and passes with --allow-large-change', async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    await site.clinic.mergePatients(retired, survivor);
    await site.night.nightly();
    const before = await watermark(site);
    await site.sql('UPDATE clinic.merge_log SET undone_at = now()');
    const refused = expect.objectContaining({
      exitCode: 75,
      message: expect.stringContaining('--allow-large-change') as string,
    }) as Error;
    await expect(site.night.nightly()).rejects.toEqual(refused);
    await expect(site.night.intraday()).rejects.toEqual(refused);
    expect(await watermark(site)).toEqual(before);
    expect(await runs(site)).toEqual([
      { status: 'done', exit_code: 0 },
      { status: 'done', exit_code: 0 },
      { status: 'refused', exit_code: 75 },
      { status: 'refused', exit_code: 75 },
    ]);

    const believed = await site.night.nightly({ allowLargeChange: true });
    expect(believed.taken['NewPatient']).toBe(2);
    expect((await site.stored(retired))?.mergedInto).toBeNull();
  });

  it('that lost all its visits is refused', async () => {
    const site = await syncedClinic();
    await site.sql('DELETE FROM clinic.visit');
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 75 });
  });

  it('that is unreachable ends the night with 69', async () => {
    const site = await syncedClinic();
    const settings = { EHR_URL: 'postgres://nobody:nothing@127.0.0.1:1/nowhere' };
    await expect(site.night.nightly({ settings })).rejects.toMatchObject({ exitCode: 69 });
    expect(await runs(site)).toEqual([
      { status: 'done', exit_code: 0 },
      { status: 'failed', exit_code: 69 },
    ]);
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('without merges needs the flag once, even with retired rows gone', async () => {
    const site = await syncedClinic();
    await site.register('7', 'PL-NEW');
    await site.night.nightly();
    const [survivor] = await site.somePatients();
    await site.clinic.mergePatients('7', survivor);
    await site.night.nightly();
    await site.sql('DELETE FROM clinic.merge_log');
    await site.sql("DELETE FROM clinic.person WHERE person_id = '7'");
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 75 });
    await site.night.nightly({ allowLargeChange: true });
    const night = await site.night.nightly();
    expect([night.exitCode, openActions(night)]).toEqual([0, ['merge_undone merge 7 retired_row_gone']]);
  });
});

describe('extracts', () => {
  it("leave nothing in the ledger's database, however the run ends", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'extract-'));
    const patients = join(folder, 'patients.csv');
    await writeFile(patients, 'Id,FIRST,LAST\np1,Ann,Lee\n');
    await writeFile(join(folder, 'encounters.csv'), 'Id,START,STOP,PATIENT\n');
    const night = await openNight({ ehr: { kind: 'csv', folder, contract: 'sql/ehr/synthea' } });
    onTestFinished(async () => {
      await night.close();
      await rm(folder, { recursive: true });
    });
    const landings = async (): Promise<number> =>
      (await night.ledger.query('a look', "SELECT FROM pg_namespace WHERE nspname LIKE '%landing%'")).rowCount ?? 0;

    await night.nightly();
    expect(await landings()).toBe(0);

    night.standIn.misbehave([{ kind: 'refuse_token' }]);
    await writeFile(patients, 'Id,FIRST,LAST\np1,Ann,Kim\n');
    await expect(night.nightly()).rejects.toMatchObject({ exitCode: 69 });
    expect(await landings()).toBe(0);

    night.standIn.misbehave([{ kind: 'hang' }]);
    const job = night.start('nightly');
    const posts = night.standIn.requests().posts;
    await expect.poll(() => night.standIn.requests().posts, { timeout: 20_000 }).toBeGreaterThan(posts);
    job.process.kill('SIGKILL');
    await job.ended;
    expect(await landings()).toBe(1);
    night.standIn.misbehave([]);
    await night.pass();
    expect((await night.nightly()).taken).toEqual({ PatientUpdate: 1 });
    expect(await landings()).toBe(0);
  });
});

it('a baseline from a damaged extract is refused without the flag', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'damaged-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const patients = ['P1,Ada', ...Array.from({ length: 12 }, (_, row) => `P${row + 2},Ada,one more`)];
  await writeFile(join(folder, 'patients.sql'), 'SELECT patient_id, first_name FROM patients');
  await writeFile(join(folder, 'encounters.sql'), 'SELECT encounter_id, patient_id, status FROM encounters');
  await writeFile(join(folder, 'patients.csv'), ['patient_id,first_name', ...patients, ''].join('\n'));
  await writeFile(join(folder, 'encounters.csv'), 'encounter_id,patient_id,status\nE1,P1,finished\n');
  const night = await openNight({ ehr: { kind: 'csv', folder, contract: folder } });
  onTestFinished(() => night.close());
  const sentence = /12 of the 13 lines of patients\.csv were left out: 12 too_many_fields.*--allow-large-change/s;
  await expect(night.baseline()).rejects.toMatchObject({
    exitCode: 75,
    message: expect.stringMatching(sentence) as string,
  });
  expect((await night.baseline(null, { allowLargeChange: true })).exitCode).toBe(2);
});
