import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endReasons } from '../../../src/fault.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { Session } from '../../../src/postgres/session.ts';
import { type ClinicNight, syncedClinic } from '../support/clinic-night.ts';

/** A due time is done at most once, however often it is started, and a start may wait for the ledger. */

const dueAt = new Date('2026-03-02T08:15:00Z');
const once = { dueAt, once: true } as const;

const runs = async ({ night }: ClinicNight): Promise<string[]> =>
  (
    await night.ledger.query(
      'the runs',
      'SELECT status, end_reason FROM run WHERE due_at IS NOT NULL ORDER BY run_number',
    )
  ).rows.map(({ status, end_reason }: { status?: string; end_reason?: string | null }) =>
    `${status} ${end_reason ?? ''}`.trim(),
  );

/** Changes two dozen patients. */
async function renameSome(site: ClinicNight): Promise<void> {
  for (const patient of (await site.patients()).slice(0, 24)) await site.clinic.renamePatient(patient, 'Changed');
}

/** Another job holds the ledger until the returned function is called. */
async function heldLedger({ night }: ClinicNight): Promise<() => Promise<void>> {
  const session = await Session.open(night.ledgerUrl, { neighbour: 'the ledger' });
  onTestFinished(() => session.close());
  expect(await session.one(statement('ledger/session/try_lock'))).toEqual({ taken: true });
  return () => session.close();
}

const alreadyDone = (exitCode: number): object => ({
  exitCode,
  reason: 'already_done',
  message: expect.stringMatching(
    /^nightly, due 2026-03-02T08:15:00.000Z, was done by run \S+-nightly-\w{4} on /,
  ) as string,
});

describe('--once', () => {
  it('does a due time once, and ends the second start as the first', async () => {
    const site = await syncedClinic();
    const first = await site.night.nightly(once);
    await renameSome(site);
    await expect(site.night.nightly(once)).rejects.toMatchObject(alreadyDone(first.exitCode));
    expect([site.night.standIn.requests().posts, await runs(site)]).toEqual([0, ['done done']]);
  });

  it('does other due times, jobs and plans by themselves', async () => {
    const site = await syncedClinic();
    await site.night.nightly(once);
    await site.night.nightly({ ...once, dueAt: new Date(dueAt.getTime() + 60_000) });
    await site.night.nightly({ ...once, planOnly: true });
    await site.night.intraday(once);
    expect(await runs(site)).toEqual(['done done', 'done done', 'done done', 'done done']);
  });

  it('counts a limit as the end, and a signal as none', async () => {
    const site = await syncedClinic();
    await renameSome(site);
    await site.night.nightly({ ...once, maxCalls: 3 });
    await expect(site.night.nightly(once)).rejects.toMatchObject(alreadyDone(3));
    const later = { ...once, dueAt: new Date(dueAt.getTime() + 86_400_000) };
    await site.night.nightly({ ...later, until: new Date(Date.now() - 1_000) });
    await expect(site.night.nightly(later)).rejects.toMatchObject({ exitCode: 3, reason: 'already_done' });
    const last = { ...once, dueAt: new Date(dueAt.getTime() + 2 * 86_400_000) };
    const stop = new AbortController();
    site.night.standIn.misbehave([{ kind: 'delay', ms: 40 }]);
    const posts = site.night.standIn.requests().posts;
    const stopped = site.night.nightly({ ...last, signal: stop.signal });
    while (site.night.standIn.requests().posts < posts + 5) await sleep(5);
    stop.abort('SIGTERM');
    expect((await stopped).exitCode).toBe(3);
    site.night.standIn.misbehave([]);
    expect((await site.night.nightly(last)).exitCode).toBe(0);
    expect(await runs(site)).toEqual(['stopped max_calls', 'stopped until', 'stopped signal', 'done done']);
  });

  it('repeats the sentence of a refusal until a person approves the change', async () => {
    const site = await syncedClinic();
    await site.sql('DELETE FROM clinic.visit');
    const refusal = await site.night.nightly(once).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ exitCode: 75, reason: 'guard' });
    const again = await site.night.nightly(once).catch((error: unknown) => error);
    expect([(again as Error).message, again]).toEqual([
      (refusal as Error).message,
      expect.objectContaining({ exitCode: 75 }),
    ]);
    expect(await runs(site)).toEqual(['refused guard']);
  });

  it('goes on after a run that died', async () => {
    const site = await syncedClinic();
    await site.night.nightly(once);
    await site.night.ledger.query(
      'a death',
      "UPDATE run SET status = 'running', exit_code = NULL, end_reason = NULL WHERE due_at IS NOT NULL",
    );
    expect((await site.night.nightly(once)).exitCode).toBe(0);
    expect(await runs(site)).toEqual(['interrupted', 'done done']);
  });

  it('knows every reason for an end', async () => {
    const { night } = await syncedClinic();
    const [row] = (
      await night.ledger.query(
        'the reasons',
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'run_end_reason_check'",
      )
    ).rows as { text: string }[];
    expect([...(row?.text.matchAll(/'(\w+)'/g) ?? [])].map(([, reason]) => reason)).toEqual([...endReasons]);
  });
});

describe('--wait', () => {
  it('takes over when the ledger is free, and says that it waits', async () => {
    const site = await syncedClinic();
    const release = await heldLedger(site);
    const waiting = site.night.nightly({ ...once, waitMs: 60_000 });
    while (!site.night.logged().includes('"event":"ledger_awaited"')) await sleep(50);
    await release();
    expect((await waiting).exitCode).toBe(0);
  });

  it('refuses after its time, and names the time', async () => {
    const site = await syncedClinic();
    await heldLedger(site);
    const startedAt = performance.now();
    await expect(site.night.nightly({ waitMs: 6_000 })).rejects.toMatchObject({
      exitCode: 75,
      reason: 'ledger_held',
      message: expect.stringContaining('Nothing was done within 6 s.') as string,
    });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(6_000);
  });

  it('refuses at once without time', async () => {
    const site = await syncedClinic();
    await heldLedger(site);
    const startedAt = performance.now();
    await expect(site.night.nightly({ waitMs: 0 })).rejects.toMatchObject({ reason: 'ledger_held' });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('finds the night done by the run for which it waited', async () => {
    const site = await syncedClinic();
    await renameSome(site);
    site.night.standIn.misbehave([{ kind: 'delay', ms: 200 }]);
    const active = site.night.nightly(once);
    while (site.night.standIn.requests().posts === 0) await sleep(5);
    const standby = site.night.nightly({ ...once, waitMs: 60_000 }).catch((error: unknown) => error);
    const { exitCode } = await active;
    expect(await standby).toMatchObject(alreadyDone(exitCode));
    expect(await runs(site)).toEqual(['done done']);
  });

  it('ends where the server of the ledger falls silent or goes away', async () => {
    const site = await syncedClinic();
    await heldLedger(site);
    const waiting = site.night.nightly({ waitMs: 60_000 }).catch((error: unknown) => error);
    while (!site.night.logged().includes('"event":"ledger_awaited"')) await sleep(50);
    await site.night.ledger.query(
      'the end of all others',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    expect(await waiting).toMatchObject({ exitCode: 69, reason: 'unavailable' });
  });
});
