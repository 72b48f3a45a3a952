import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { readCleanNight } from '../../../src/report/text/status.ts';
import { describePlan, readPlan } from '../../../src/report/text/describe-plan.ts';
import { findRun } from '../../../src/report/text/status.ts';
import { calls, type ClinicNight, found, openActions, syncedClinic, tinyClinic } from '../support/clinic-night.ts';

/** A plan that a person has read, and that is delivered afterwards. */

/** A told clinic in which two patients and a visit have changed. */
async function changedClinic(): Promise<{ site: ClinicNight; one: string; other: string; visit: string }> {
  const site = await syncedClinic();
  const [one, other, third] = await site.somePatients();
  const [visit] = await site.visitsOf(third);
  await site.clinic.renamePatient(one, 'One');
  await site.clinic.renamePatient(other, 'Other');
  await site.sql("UPDATE clinic.visit SET billing_name = 'Changed', changed_at = now() WHERE visit_id = $1", [visit]);
  return { site, one, other, visit };
}

const watermark = async ({ night }: ClinicNight): Promise<unknown> =>
  (await night.ledger.query('the watermark', 'SELECT through FROM watermark')).rows[0];

const refusedBy = (exitCode: number, message: RegExp): Error =>
  expect.objectContaining({ exitCode, message: expect.stringMatching(message) as string }) as Error;

/** The plan as a person at a terminal sees it, whether it can still be sent or not. */
async function shownPlan({ night: { ledger } }: ClinicNight, runId: string): Promise<readonly string[]> {
  const plan = await readPlan(ledger, (await findRun(ledger, runId))?.number ?? 0);
  return plan === null ? [] : describePlan(plan);
}

describe('apply', () => {
  it('sends the plan as its own run, and moves the planned watermark', async () => {
    const { site, one, other, visit } = await changedClinic();
    const before = await watermark(site);
    const plan = await site.night.nightly({ planOnly: true });
    expect(await watermark(site)).toEqual(before);
    const shown = await shownPlan(site, plan.runId);
    for (const line of [/^PatientUpdate +0 +2 +0 +2$/, /^VisitPush +0 +1 +0 +1$/, /^ {2}changed +2 +0 +1$/]) {
      expect(shown).toContainEqual(expect.stringMatching(line));
    }
    for (const line of shown.slice(0, -1)) expect(line.length, line).toBeLessThanOrEqual(40);
    expect(shown.at(-2)).toMatch(/^The guard would let it pass/);
    expect(shown.at(-1)).toBe(`  redox-reconcile apply ${plan.runId}`);

    const run = await site.night.apply(plan.runId);
    expect((await shownPlan(site, plan.runId)).at(-1)).toBe(`Run ${run.runId} has sent it.`);
    expect(run.exitCode).toBe(0);
    expect(run.runId).toContain('-apply-');
    expect(calls(run).sort()).toEqual(
      [`PatientUpdate ${one} accepted`, `PatientUpdate ${other} accepted`, `VisitPush ${visit} accepted`].sort(),
    );
    expect(found(run)).toEqual(found(plan));
    expect(run.summary).toMatchObject({ job: 'apply', mode: 'sweep', patients: plan.summary.patients });
    const { to } = run.summary.watermark;
    expect(await watermark(site)).toEqual({ through: new Date(to ?? '') });
    expect(await watermark(site)).not.toEqual(before);
    expect(Date.parse(to ?? '')).toBeLessThan(Date.parse(plan.summary.started_at));
    await site.expectRedoxIsTrue();
    // A site that plans first and applies then has had its night.
    expect((await readCleanNight(site.night.ledger))?.run_id).toBe(run.runId);
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('delivers a first load', async () => {
    const site = await tinyClinic();
    const plan = await site.night.nightly({ planOnly: true, allowLargeChange: true });
    await site.night.apply(plan.runId);
    await site.expectRedoxIsTrue();
    expect(calls(await site.night.nightly())).toEqual([]);
  });

  it('leaves a row changed since to the next night, and lists it', async () => {
    const { site, one, other, visit } = await changedClinic();
    const plan = await site.night.nightly({ planOnly: true });
    await site.clinic.renamePatient(one, 'Once more');
    const run = await site.night.apply(plan.runId);
    expect(calls(run).sort()).toEqual(
      [
        `PatientUpdate ${one} superseded row_changed`,
        `PatientUpdate ${other} accepted`,
        `VisitPush ${visit} accepted`,
      ].sort(),
    );
    expect(openActions(run)).toEqual([`superseded patient ${one} row_changed`]);
    expect(run.exitCode).toBe(0);
    // It is open, so that even a run that looks at open rows only sends it.
    expect(calls(await site.night.resend())).toEqual([`PatientUpdate ${one} accepted`]);
    await site.expectRedoxIsTrue();
  });

  it('omits a merge undone since, and a patient merged since', async () => {
    const site = await syncedClinic();
    const [undone, survivor, merged, another] = await site.somePatients();
    await site.clinic.mergePatients(undone, survivor);
    await site.clinic.renamePatient(merged, 'Merged');
    const plan = await site.night.nightly({ planOnly: true });
    expect(calls(plan).length).toBeGreaterThan(1);
    await site.clinic.undoMerge(undone);
    await site.clinic.mergePatients(merged, another);
    const run = await site.night.apply(plan.runId);
    expect(run.posts).toBe(0);
    expect(run.csv('calls').map(({ kind, reason }) => `${kind ?? ''} ${reason ?? ''}`)).toEqual(
      calls(plan).map(() => 'superseded row_changed'),
    );
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });

  it('is refused after a later conflicting run, and names it', async () => {
    const { site, one } = await changedClinic();
    const older = await site.night.nightly({ planOnly: true });
    const newer = await site.night.nightly({ planOnly: true });
    await expect(site.night.apply(older.runId)).rejects.toEqual(
      refusedBy(75, new RegExp(`run ${newer.runId} is newer`)),
    );
    await site.night.intraday();
    await expect(site.night.apply(newer.runId)).rejects.toEqual(refusedBy(75, /-intraday-\w+ is newer/));
    expect((await site.stored(one))?.demographics).toMatchObject({ LastName: 'One' });
  });

  it('is allowed after a later run that found nothing', async () => {
    const site = await syncedClinic();
    const [silent] = await site.somePatients();
    await site.clinic.renamePatient(silent, 'Silent', { silent: true });
    const plan = await site.night.nightly({ planOnly: true });
    expect(calls(await site.night.intraday())).toEqual([]);
    expect(calls(await site.night.apply(plan.runId))).toEqual([`PatientUpdate ${silent} accepted`]);
  });

  it('runs once', async () => {
    const { site } = await changedClinic();
    const plan = await site.night.nightly({ planOnly: true });
    const run = await site.night.apply(plan.runId);
    await expect(site.night.apply(plan.runId)).rejects.toEqual(
      refusedBy(75, new RegExp(`applied already, by run ${run.runId}`)),
    );
  });

  it('gives the reason why a run has no plan', async () => {
    const site = await syncedClinic();
    const night = await site.night.nightly();
    const { posts } = site.night.standIn.requests();
    await expect(site.night.apply('20260101T000000Z-nightly-0000')).rejects.toEqual(refusedBy(64, /has no run/));
    await expect(site.night.apply(night.runId)).rejects.toEqual(refusedBy(64, /was not a --plan-only run/));
    const plan = await site.night.nightly({ planOnly: true });
    const set = (assignment: string) =>
      site.night.ledger.query('another end', `UPDATE run SET ${assignment} WHERE run_id = '${plan.runId}'`);
    await set("status = 'failed'");
    await expect(site.night.apply(plan.runId)).rejects.toEqual(refusedBy(64, /is failed, so it has no plan/));
    await set("status = 'done', builder_version = builder_version - 1");
    await expect(site.night.apply(plan.runId)).rejects.toEqual(refusedBy(75, /another release/));
    await set("builder_version = builder_version + 1, refusal = 'too much has changed'");
    await expect(site.night.apply(plan.runId)).rejects.toEqual(
      refusedBy(75, /too much has changed.*--allow-large-change/),
    );
    expect(site.night.standIn.requests().posts).toBe(posts);
  });

  it('is refused under another contract, which changes the messages', async () => {
    const { site } = await changedClinic();
    const plan = await site.night.nightly({ planOnly: true });
    const folder = await mkdtemp(join(tmpdir(), 'contract-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp(join(packageRoot, 'sql/ehr/demo'), folder, { recursive: true });
    await rm(join(folder, 'summary'), { recursive: true });
    await rm(join(folder, 'sections/allergies.sql'));
    const { posts } = site.night.standIn.requests();
    await expect(site.night.apply(plan.runId, { settings: { EHR_CONTRACT: folder } })).rejects.toEqual(
      refusedBy(75, /made with another contract: sections\/allergies\.sql is gone.*EHR_CONTRACT/),
    );
    expect(site.night.standIn.requests().posts).toBe(posts);
    expect(calls(await site.night.apply(plan.runId))).toHaveLength(3);
  });

  it('leaves its rest to the next night after a stop', async () => {
    const { site } = await changedClinic();
    const plan = await site.night.nightly({ planOnly: true });
    site.night.standIn.misbehave([{ kind: 'refuse_token' }]);
    await expect(site.night.apply(plan.runId)).rejects.toMatchObject({ exitCode: 69 });
    site.night.standIn.misbehave([]);
    await expect(site.night.apply(plan.runId)).rejects.toMatchObject({ exitCode: 75 });
    expect(calls(await site.night.nightly())).toHaveLength(3);
    await site.expectRedoxIsTrue();
  });

  it('keeps rows that are on hold since', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Unknown');
    site.night.standIn.misbehave([{ kind: 'status', status: 504 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    const plan = await site.night.nightly({ planOnly: true });
    expect(calls(plan)).toEqual([`PatientUpdate ${patient} not_started plan_only`]);
    const run = await site.night.apply(plan.runId, { settings: { UNKNOWN_OUTCOME: 'hold' } });
    expect(calls(run)).toEqual([`PatientUpdate ${patient} superseded on_hold`]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });
});

describe('an unused plan', () => {
  it("keeps what is owed, and the next run's work", async () => {
    const site = await syncedClinic();
    const [refused, changed] = await site.somePatients();
    await site.clinic.renamePatient(refused, 'Refused');
    site.night.standIn.misbehave([{ kind: 'status', status: 400 }]);
    await site.night.nightly();
    site.night.standIn.misbehave([]);
    await site.clinic.renamePatient(changed, 'Changed', { silent: true });
    const open = async (): Promise<unknown[]> =>
      (await site.night.ledger.query('what is open', 'SELECT call_id, state, reason FROM call WHERE is_open')).rows;
    const before = await open();
    expect(before).toHaveLength(1);

    const plan = await site.night.nightly({ planOnly: true });
    expect(calls(plan)).toHaveLength(2);
    expect(await open()).toEqual(before);
    expect(calls(await site.night.resend())).toEqual([`PatientUpdate ${refused} accepted`]);
    expect(calls(await site.night.nightly())).toEqual([`PatientUpdate ${changed} accepted`]);
  });
});
