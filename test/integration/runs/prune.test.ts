import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { calls, type ClinicNight, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import type { Pruning } from '../support/night.ts';

/** What is forgotten of long ago, and what never is. */

const rows = async ({ night }: ClinicNight, text: string): Promise<readonly object[]> =>
  (await night.ledger.query('a look', text)).rows;

/** Lets every run so far be of long ago, and puts nights of last month after them. */
async function age(site: ClinicNight, nights: number): Promise<void> {
  await rows(
    site,
    "UPDATE run SET started_at = started_at - interval '500 days', finished_at = finished_at - interval '500 days'",
  );
  await rows(
    site,
    `INSERT INTO run (run_id, job, mode, plan_only, options, status, exit_code, host, process_id, program_version,
       started_at, finished_at, counts, change_counts)
     SELECT 'night-' || n, 'nightly', 'sweep', false, '{}', 'done', 0, 'here', 1, '0', now() - interval '30 days',
       now() - interval '30 days', '{}', '{}'
     FROM generate_series(1, ${nights}) AS n`,
  );
}

/** A clinic told in a first night, and a second one that holds the watermark; both long ago. */
async function oldClinic(nights = 14): Promise<{ site: ClinicNight; first: string; folder: string }> {
  const site = await tinyClinic();
  const { runId: first, reportFolder: folder } = await site.night.nightly();
  await site.night.nightly();
  await age(site, nights);
  return { site, first, folder };
}

const runIds = async (site: ClinicNight): Promise<string[]> =>
  ((await rows(site, "SELECT run_id FROM run WHERE job <> 'prune' ORDER BY run_number")) as { run_id: string }[]).map(
    ({ run_id }) => run_id,
  );

/** Runs prune and stops it before it has forgotten anything: a lock on what it notes lets it get no further. */
async function stoppedPrune({ night }: ClinicNight): Promise<Pruning> {
  const stop = new AbortController();
  const { pruning } = await night.ledger.transaction(async () => {
    await night.ledger.query('a lock', 'LOCK TABLE pruning IN SHARE MODE');
    const pruning = night.prune({ signal: stop.signal });
    while (!/run_started[^\n]*prune/.test(night.logged())) await sleep(5);
    stop.abort('SIGTERM');
    return { pruning };
  });
  return pruning;
}

describe('prune', () => {
  it("removes an old run with its rows, and keeps Redox's state", async () => {
    const { site, first, folder } = await oldClinic();
    const [planned] = (await rows(site, 'SELECT count(*) AS calls FROM call')) as { calls: number }[];
    const before = await runIds(site);
    const { run, result } = await site.night.prune();
    expect(run.exitCode).toBe(0);
    expect(result).toMatchObject({ removed: { runs: 1, calls: planned?.calls }, kept: 1, isComplete: true });
    expect(await runIds(site)).toEqual(before.filter((id) => id !== first));
    expect(await rows(site, 'SELECT FROM attempt')).toEqual([]);
    expect(await rows(site, 'SELECT FROM discrepancy')).toEqual([]);
    expect(existsSync(folder)).toBe(true);
    expect(calls(await site.night.nightly())).toEqual([]);
    await site.expectRedoxIsTrue();
  });

  it('keeps what is younger than the requested days', async () => {
    const { site } = await oldClinic();
    expect((await site.night.prune({ keepDays: 501 })).result).toMatchObject({ removed: { runs: 0 } });
    expect((await site.night.prune({ keepDays: 499 })).result).toMatchObject({ removed: { runs: 1 } });
  });

  it('keeps the last fourteen sweeps at any age', async () => {
    const { site, first } = await oldClinic(11);
    const before = await runIds(site);
    expect((await site.night.prune()).result).toMatchObject({ removed: { runs: 0 }, kept: 2 });
    expect(await runIds(site)).toEqual(before);
    expect(before).toContain(first);
  });

  it('removes rejections of gone rows, and keeps those of due ones', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.visit('70', patient);
    await site.visit('71', patient);
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'VisitPush' } }]);
    await site.night.nightly();
    await site.sql('DELETE FROM clinic.visit WHERE visit_id = 70');
    await site.night.nightly();
    await age(site, 14);
    expect((await site.night.prune()).result).toMatchObject({ removed: { rejections: 1 } });
    expect(await rows(site, 'SELECT entity_id FROM rejection')).toEqual([{ entity_id: '71' }]);
  });

  it('keeps a run with an open call', async () => {
    const { site, first } = await oldClinic();
    await rows(
      site,
      `UPDATE call SET is_open = true, state = 'unknown', reason = 'timeout'
       WHERE call_id = (SELECT min(call_id) FROM call)`,
    );
    expect((await site.night.prune()).result).toMatchObject({ removed: { runs: 0, calls: 0 }, kept: 2 });
    expect(await runIds(site)).toContain(first);
  });

  it('continues after a stop, and until then the run has no reports', async () => {
    const { site, first } = await oldClinic();
    const { run, result } = await stoppedPrune(site);
    expect(run.exitCode).toBe(3);
    expect(result).toMatchObject({ removed: { runs: 0 }, isComplete: false });
    expect(await site.night.start('report', first).ended).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('was pruned') as string,
    });
    expect((await site.night.prune()).result).toMatchObject({ removed: { runs: 1 }, isComplete: true });
  });

  it('removes report folders only on request, and report names the prune', async () => {
    const { site, folder } = await oldClinic();
    expect(existsSync(folder)).toBe(true);
    await site.night.prune({ removesReports: true });
    expect(existsSync(folder)).toBe(false);
    // By its id it was a run of before what was forgotten.
    const job = site.night.start('report', '20200101T000000Z-nightly-0000');
    expect(await job.ended).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('was pruned') as string });
  });

  it('is refused during another run, by job, host and start', async () => {
    const site = await syncedClinic();
    const other = await Session.open(site.night.ledgerUrl, {
      neighbour: 'the ledger',
      settings: { search_path: 'redox_reconcile, pg_catalog' },
    });
    onTestFinished(() => other.close());
    await other.query('the lock', "SELECT pg_advisory_lock(hashtextextended('redox-reconcile run', 0))");
    await rows(
      site,
      "UPDATE run SET status = 'running', exit_code = NULL, finished_at = NULL, host = 'night-host', started_at = '2026-03-01'",
    );
    await expect(site.night.prune()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(/nightly \(.*\), process \d+ on night-host, since 2026-03-01T/) as string,
    });
  });
});
