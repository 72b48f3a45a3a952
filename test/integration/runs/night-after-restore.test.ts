import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLedger } from '../../../jobs/setup/doctor/ledger/ledger.ts';
import { printLoss } from '../../../src/run/lost-commits.ts';
import { type ClinicNight, found, openActions, syncedClinic } from '../support/clinic-night.ts';
import { backUpLedger } from '../support/ledger-backup.ts';

/** A ledger that was restored from a backup: who notices, and what `--after-restore` does about it. */

/** The file in REPORT_DIR that says how far the ledger has come. */
async function positionFile({ night }: ClinicNight): Promise<string> {
  const [name] = (await readdir(night.reportDir)).filter((file) => file.startsWith('ledger-position-'));
  return join(night.reportDir, name ?? 'there-is-none');
}

interface Restored {
  readonly site: ClinicNight;
  /** Was merged in the lost night, and is not any more. */
  readonly unmerged: string;
  readonly renamed: string;
}

/** A told clinic; its ledger is put back after a night, and the clinic has taken back most of what that night told Redox. */
async function restoredClinic(): Promise<Restored> {
  const site = await syncedClinic();
  const [unmerged, survivor, renamed, from, to] = await site.somePatients();
  const [moved] = await site.visitsOf(from);
  const restore = await backUpLedger(site.night.ledger);
  const [{ name } = { name: '' }] = await site.sql<{ name: string }>(
    'SELECT family_name AS name FROM clinic.person WHERE person_id = $1',
    [renamed],
  );
  await site.clinic.mergePatients(unmerged, survivor);
  await site.clinic.renamePatient(renamed, 'Lost');
  await site.clinic.moveVisit(moved, to);
  await site.visit('70', to);
  await site.register('7', 'PL-7');
  await site.night.nightly();
  await site.clinic.undoMerge(unmerged);
  await site.clinic.renamePatient(renamed, name);
  await site.clinic.moveVisit(moved, from);
  await restore();
  return { site, unmerged, renamed };
}

describe('a restored ledger', () => {
  it('is refused by every job that sends or trusts it', async () => {
    const { site } = await restoredClinic();
    const { night } = site;
    const posts = night.standIn.requests().posts;
    const refused = {
      exitCode: 75,
      message: expect.stringMatching(
        /the ledger has lost commits: run \S+-nightly-\w+ wrote to it until .* --after-restore/s,
      ) as string,
    };
    for (const start of [
      () => night.nightly(),
      () => night.nightly({ planOnly: true }),
      () => night.intraday(),
      () => night.resend(),
      () => night.rerun({ kind: 'open' }),
      () => night.apply('20260301T020000Z-nightly-0000'),
      () => night.baseline(),
      () => night.settle('send', 'patient 1'),
      () => night.acknowledge('entity,entity_id,delivered_at\n'),
    ]) {
      await expect(start()).rejects.toMatchObject(refused);
    }
    expect(night.standIn.requests().posts).toBe(posts);
    // `status` and `report` say so, and go on; so does `doctor`.
    const sent: string[] = [];
    await printLoss(night.ledger, night.reportDir, (line) => sent.push(line));
    expect(sent.join()).toMatch(/^The ledger has lost commits: .* --after-restore/);
    const checks = await checkLedger({
      store: { kind: 'postgres', url: night.ledgerUrl },
      key: undefined,
      previousKey: null,
      target: null,
      now: new Date(),
      connections: 2,
      reportDir: night.reportDir,
    });
    expect(checks.find(({ what }) => what === 'commits')).toMatchObject({ result: 'fault', exitCode: 75 });
    expect((await night.nightly({ afterRestore: true, planOnly: true })).posts).toBe(0);
    // What is void is due from then on, whoever runs.
    await night.nightly();
    await site.expectRedoxIsTrue();
  });

  it("is repaired by --after-restore, with each row's reason and what stays", async () => {
    const { site, unmerged, renamed } = await restoredClinic();
    const { night } = site;
    await site.sql("DELETE FROM clinic.visit WHERE visit_id = '70'");
    await site.sql("DELETE FROM clinic.person WHERE person_id = '7'");
    const mending = await night.intraday({ afterRestore: true });
    expect(mending.exitCode).toBe(2);
    expect(found(mending)).toEqual(
      expect.arrayContaining([`forced patient ${renamed} after_restore`, `forced patient ${unmerged} after_restore`]),
    );
    expect(openActions(mending)).toEqual(['gone encounter 70', 'gone patient 7 after_restore']);
    expect(mending.taken['NewPatient']).toBeGreaterThanOrEqual(2);
    expect(night.logged()).toContain('"event":"rows_in_doubt"');
    expect(night.logged()).not.toContain('restored_without_reports');
    expect((await night.nightly()).posts).toBe(0);
    // Twice does no harm.
    await night.nightly({ afterRestore: true });
    expect((await site.stored(renamed))?.mergedInto).toBeNull();
  });

  it('is repaired without reports, and the run names the doubts', async () => {
    const { site } = await restoredClinic();
    await rm(site.night.reportDir, { recursive: true });
    await site.night.nightly({ afterRestore: true });
    expect(site.night.logged()).toContain('"event":"restored_without_reports"');
    await site.expectRedoxIsTrue();
  });

  it('is repaired by later nights after a stop, also under hold', async () => {
    const { site } = await restoredClinic();
    const [retired, survivor] = (await site.patients()).slice(5);
    await site.clinic.mergePatients(retired ?? '', survivor ?? '');
    const settings = { UNKNOWN_OUTCOME: 'hold' };
    const half = await site.night.nightly({ afterRestore: true, maxCalls: 1, settings });
    expect(half.exitCode).toBe(3);
    expect((await site.night.nightly({ settings })).exitCode).toBe(0);
    await site.expectRedoxIsTrue();
  });
});

describe('the commit number in REPORT_DIR', () => {
  it('stops no night when it cannot be read or written', async () => {
    const site = await syncedClinic();
    await site.night.nightly();
    const file = await positionFile(site);
    await writeFile(file, '{ "ledgerId"');
    expect((await site.night.nightly()).exitCode).toBe(0);
    expect(site.night.logged()).toContain('"event":"ledger_position_differs","how":"missing"');
    await rm(file);
    await mkdir(join(file, 'in-its-place'), { recursive: true });
    expect((await site.night.nightly()).exitCode).toBe(0);
    expect(site.night.logged().match(/"event":"ledger_position_unkept"/g)).toHaveLength(1);
  });
});
