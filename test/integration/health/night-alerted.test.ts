import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { readStatus } from '../../../src/report/text/status.ts';
import { type ClinicNight, found, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** What people are told of a run, by the exit code, the page, the reports, `status` and the terminal. */

/** What people read: no tags, no line breaks. */
async function pageOf({ reportFolder }: NightResult): Promise<string> {
  return (await readFile(join(reportFolder, 'report.html'), 'utf8'))
    .replace(/<(style|script)>[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A job by the command line, with a person before it or without one. */
async function job({ night }: ClinicNight, isTTY: boolean, ...argv: readonly string[]): Promise<Said> {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
  const lastAlert = Promise.all([text(stdout), text(stderr)]);
  const { signal } = new AbortController();
  const { environment } = night;
  const exitCode = await runCommandLine(argv, { jobs, environment, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await lastAlert;
  return { exitCode, stdout: out, stderr: err };
}

/** A clinic of which one visit has no patient: a line for a person, every night. */
async function clinicWithOrphan(): Promise<ClinicNight> {
  const site = await syncedClinic();
  const [patient] = await site.somePatients();
  const [visit] = await site.visitsOf(patient);
  site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { documentId: `${documentOid}^${visit}` } }]);
  await site.sql("UPDATE clinic.visit SET billing_name = 'Changed', changed_at = now() WHERE visit_id = $1", [visit]);
  return site;
}

const personLines = (run: NightResult): number =>
  run.csv('open-actions').filter(({ needs }) => needs === 'person').length;

describe('a line for a person', () => {
  it('counts the same in exit code, page, CSV and status, every night', async () => {
    const site = await clinicWithOrphan();
    const first = await site.night.nightly();
    expect([first.exitCode, personLines(first)]).toEqual([2, 1]);
    expect(await pageOf(first)).toContain('1 line needs a person, and it is new.');
    expect((await readStatus(site.night.ledger)).linesForPeople).toMatchObject({
      lines: 1,
      new_lines: 1,
      known_since: null,
    });

    const second = await site.night.nightly();
    expect([second.exitCode, personLines(second)]).toEqual([0, 1]);
    expect(await pageOf(second)).toMatch(/1 line needs a person, known since \d+ \w+ \d{4}\./);
    const { linesForPeople } = await readStatus(site.night.ledger);
    expect(linesForPeople).toMatchObject({ lines: 1, new_lines: 0, run_id: second.runId });
    expect(linesForPeople.known_since).toEqual(expect.any(Date));
    expect((await job(site, false, 'status')).stdout).toMatch(/^Needs a person {4}1 line, 0 new, known since 20/m);
  });

  it('stays in status through an intraday and a plan, until settled', async () => {
    const site = await clinicWithOrphan();
    const night = await site.night.nightly();
    const [line] = night.csv('open-actions');
    const intraday = await site.night.intraday();
    expect([night.summary, intraday.summary]).toMatchObject([{ person_lines: 1 }, { person_lines: 1 }]);
    await site.night.nightly({ planOnly: true });
    expect((await readStatus(site.night.ledger)).linesForPeople).toMatchObject({ lines: 1, run_id: night.runId });
    await site.night.settle('ignore', `encounter ${line?.['entity_id'] ?? ''}`);
    expect((await readStatus(site.night.ledger)).linesForPeople).toMatchObject({ lines: 0, new_lines: 0 });
  });
});

describe('a plan without delivery', () => {
  it('lists what it would send, and no failures', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Planned');
    const plan = await site.night.nightly({ planOnly: true });
    expect(plan.exitCode).toBe(0);
    expect(plan.csv('open-actions')).toEqual([]);
    expect(plan.csv('calls')).toMatchObject([{ kind: 'not_started', reason: 'plan_only' }]);
    expect(plan.csv('discrepancies')).toMatchObject([{ entity_id: patient, outcome: 'PatientUpdate:planned' }]);
    const page = await pageOf(plan);
    expect(page).toContain('A plan alone: 1 changed patient would be sent, and nothing was sent yet.');
    expect(page).toContain('What would be sent');
    expect(page).toContain(`redox-reconcile apply ${plan.runId}`);
    expect(page).toContain('Exit code 0: the plan is stored, and nothing was sent.');
    expect(page).not.toMatch(/What was sent to Redox|What is left to do|not started|for the next run|its turn came/);
    expect(plan.summary.calls.PatientUpdate).toMatchObject({ planned: 1, not_started: 1 });
  });

  it('lists what needs a person with or without delivery', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.deletePatient(patient);
    const plan = await site.night.nightly({ planOnly: true });
    expect([plan.exitCode, found(plan)]).toEqual([2, expect.arrayContaining([`gone patient ${patient}`])]);
    expect(await pageOf(plan)).toContain('What needs a person');
  });

  it('predicts that no visit is sent because none is finished', async () => {
    const site = await unsyncedClinic();
    await site.sql("UPDATE clinic.visit SET state = 'SCHED'");
    const plan = await site.night.nightly({ planOnly: true });
    expect(plan.summary.encounters).toMatchObject({ due: 0 });
    expect(await pageOf(plan)).toMatch(/No visit would be sent: all [\d,]+ visits read are unfinished\./);
  });
});

describe('the end of a run at a terminal', () => {
  it("is the page's sentence, the lines by owner, and the page's path", async () => {
    const site = await clinicWithOrphan();
    const { exitCode, stderr } = await job(site, true, 'nightly');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/1 line needs a person, and it is new\.\n/);
    expect(stderr).toMatch(/ {2}1 rejected VisitPush \(http_400\): Read detail/);
    expect(stderr.trimEnd()).toMatch(/The lines, and all else: \S+report\.html$/);
  });

  it('of a plan ends with its apply command, or with the refusal', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Planned');
    const plan = await job(site, true, 'nightly', '--plan-only');
    expect(plan.stderr).toContain('A plan alone: 1 changed patient would be sent, and nothing was sent yet.');
    expect(plan.stdout.trimEnd()).toMatch(/\n {2}redox-reconcile apply \S+-nightly-\w+$/);

    await site.sql("UPDATE clinic.visit SET billing_name = 'Changed', changed_at = now()");
    const refused = await job(site, true, 'nightly', '--plan-only');
    expect(refused.stderr).toContain('would be sent, but the guard refuses it');
    expect(refused.stdout).toContain('The guard would refuse it: ');
    expect(refused.stdout).not.toContain('redox-reconcile apply');
  });

  it('stays as before without a terminal', async () => {
    const site = await syncedClinic();
    const { stdout, stderr } = await job(site, false, 'nightly');
    expect(stdout).toBe('');
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly event: string }).event);
    expect(events.slice(-2)).toEqual(['run_finished', 'job_ended']);
  });
});

describe('the page', () => {
  it("shows times by the site's clocks, and names their zone", async () => {
    const site = await syncedClinic();
    const run = await site.night.nightly({ settings: { SITE_TIME_ZONE: 'America/Chicago' } });
    expect(await pageOf(run)).toMatch(/\d+ \w+ \d{4}, \d\d:\d\d C[SD]T \(America\/Chicago\)/);
    expect(await pageOf(run)).toContain('Times on this page are those of America/Chicago');
    expect(run.summary.started_at).toMatch(/Z$/);
  });
});
