import { readFileSync } from 'node:fs';
import { access, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { freePort } from '../../../src/sandbox/free-port.ts';
import { type Heard, type JobEnded, type Listener, openListener, runJob } from '../support/alert-listener.ts';
import { type ClinicNight, syncedClinic } from '../support/clinic-night.ts';

/** Being woken, rarely: what a webhook hears of nights that go well, badly, and well again. */

/** Where nobody listens. */
const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';

interface Watched {
  readonly site: ClinicNight;
  readonly listener: Listener;
  readonly run: (argv: readonly string[], changes?: Readonly<Record<string, string>>) => Promise<JobEnded>;
}

async function watchedClinic(): Promise<Watched> {
  const [site, listener] = [await syncedClinic(), await openListener()];
  const usual = { ...site.night.environment, ALERT_WEBHOOK_URL: `${listener.url}/hook` };
  return { site, listener, run: (argv, changes = {}) => runJob(argv, { ...usual, ...changes }) };
}

const states = (heard: readonly Heard[]): string[] =>
  heard.map(({ body }) => `${String(body['before'])} → ${String(body['state'])}: ${String(body['reasons'])}`);

describe('the webhook', () => {
  it('is silent on good nights, and hears once of trouble and its end', async () => {
    const { listener, run } = await watchedClinic();
    expect((await run(['nightly'])).exitCode).toBe(0);
    expect(listener.take()).toEqual([]);

    expect((await run(['nightly'], { EHR_URL: nowhere })).exitCode).toBe(69);
    expect(states(listener.take())).toEqual(['ok → failing: run_failed']);
    expect((await run(['nightly'], { EHR_URL: nowhere })).exitCode).toBe(69);
    expect((await run(['intraday'])).exitCode).toBe(0);
    expect(listener.take()).toEqual([]);

    await run(['nightly']);
    const [over, ...more] = listener.take();
    expect(more).toEqual([]);
    expect(over?.body).toMatchObject({ job: 'nightly', before: 'failing', state: 'ok', reasons: [], exit_code: 0 });
    expect(String(over?.body['text'])).toMatch(/ok again; it was failing since /);
    expect((await run(['status'])).stdout).toMatch(/^Last alert {8}ok, \d{4}-/m);
  });

  it('that is down changes no exit code; the next run retries', async () => {
    const { listener, run } = await watchedClinic();
    listener.answer(404);
    const failed = await run(['nightly'], { EHR_URL: nowhere });
    expect(failed.exitCode).toBe(69);
    expect(failed.stderr).toContain('"event":"alert_failed"');
    expect(failed.stderr).toContain('"reason":"http_404"');
    expect(listener.take()).toHaveLength(1);

    listener.answer(200);
    await run(['nightly'], { EHR_URL: nowhere });
    expect(states(listener.take())).toEqual(['ok → failing: run_failed']);
  });

  it('lists waiting rows until none waits, and names no patient', async () => {
    const { site, listener, run } = await watchedClinic();
    await site.register('7', 'PL-NEW');
    site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { patientId: 'PL-NEW' } }]);
    expect((await run(['nightly'])).exitCode).toBe(2);
    const [alert] = listener.take();
    expect(alert?.body).toMatchObject({
      state: 'needs_person',
      reasons: ['needs_person'],
      exit_code: 2,
      counts: { person_lines: 1, calls_rejected: 1 },
    });
    expect(readFileSync(join(String(alert?.body['reports']), 'open-actions.csv'), 'utf8')).toContain('rejected');
    expect(JSON.stringify(alert)).not.toMatch(/PL-NEW|Registered|Ida/);

    // The line is known by now, so the exit code is 0; but it still waits.
    expect((await run(['nightly'])).exitCode).toBe(0);
    expect(listener.take()).toEqual([]);
    site.night.standIn.misbehave([]);
    await run(['nightly']);
    expect(states(listener.take())).toEqual(['needs_person → ok: ']);
  });

  it('hears of an invalid configuration', async () => {
    const { listener, run } = await watchedClinic();
    expect((await run(['nightly'], { CONCURRENCY: 'many' })).exitCode).toBe(64);
    expect((await run(['nightly'], { CONCURRENCY: 'many' })).exitCode).toBe(64);
    expect(states(listener.take())).toEqual(['ok → failing: run_failed']);
  });

  it('hears once that a ledger is away, and once that it is back', async () => {
    const { site, listener, run } = await watchedClinic();
    const remembered = join(site.night.reportDir, 'judgements.json');
    expect((await run(['nightly'], { LEDGER_URL: nowhere })).exitCode).toBe(69);
    expect((await run(['nightly'], { LEDGER_URL: nowhere })).exitCode).toBe(69);
    expect(states(listener.take())).toEqual(['ok → failing: run_failed']);
    await access(remembered);
    expect((await run(['intraday'])).exitCode).toBe(0);
    expect(listener.take()).toEqual([]);
    await run(['nightly']);
    expect(states(listener.take())).toEqual(['failing → ok: ']);
    await expect(access(remembered)).rejects.toThrow('ENOENT');
  });
});

describe('of a ledger that another job holds', () => {
  /** A nightly beside a holder of the lock whose run began so long ago; null: that has none. */
  async function besideHolder(hours: number | null): Promise<[number, string[]]> {
    const { site, listener, run } = await watchedClinic();
    const holder = await Session.open(site.night.ledgerUrl, { neighbour: 'the ledger' });
    await holder.run(statement('ledger/session/try_lock'));
    const running =
      "UPDATE run SET status = 'running', exit_code = NULL, finished_at = NULL, started_at = now() - $1 * interval '1 hour'";
    if (hours !== null) await site.night.ledger.query('a run that goes on', running, [hours]);
    const { exitCode } = await run(['nightly']);
    await holder.close();
    return [exitCode, states(listener.take())];
  }

  it('hears of a holder that is too old or is no run', async () => {
    expect(await Promise.all([1, 21, null].map(besideHolder))).toEqual([
      [75, []],
      [75, ['ok → failing: ledger_held']],
      [75, ['ok → failing: ledger_held']],
    ]);
  });
});

describe('the dead man’s switch', () => {
  it('is postponed only by a night that ended well', async () => {
    const { listener, run } = await watchedClinic();
    const HEARTBEAT_URL = `${listener.url}/beat`;
    await run(['nightly'], { HEARTBEAT_URL });
    expect(listener.take()).toEqual([{ method: 'GET', path: '/beat', body: {} }]);
    await run(['intraday'], { HEARTBEAT_URL });
    await run(['nightly', '--plan-only'], { HEARTBEAT_URL });
    await run(['nightly'], { HEARTBEAT_URL, EHR_URL: nowhere });
    expect(listener.take().map(({ path }) => path)).toEqual(['/hook']);
  });
});

describe('the watchdog', () => {
  it('alerts once without a clean night, and once when one returns', async () => {
    const { site, listener, run } = await watchedClinic();
    expect((await run(['watchdog'])).exitCode).toBe(0);
    await site.night.ledger.query('days that pass', "UPDATE run SET finished_at = finished_at - interval '27 hours'");
    const overdue = await run(['watchdog']);
    expect(overdue.exitCode).toBe(2);
    expect(overdue.stdout).toMatch(/^The last clean night ended 1 d 3 h ago, .+: overdue\.$/m);
    expect((await run(['watchdog', '--hours', '28'])).exitCode).toBe(0);
    expect(states(listener.take())).toEqual(['ok → failing: night_overdue', 'failing → ok: ']);
    expect((await run(['watchdog', '--hours', '0'])).exitCode).toBe(64);
  });
});

describe('the metrics file', () => {
  it('is whole, in the format of Prometheus, and has no ids', async () => {
    const { site, run } = await watchedClinic();
    const folder = await mkdtemp(join(tmpdir(), 'metrics-'));
    const METRICS_FILE = join(folder, 'redox.prom');
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    await run(['nightly', '--due', new Date(Date.now() - 3_600_000).toISOString()], { METRICS_FILE });
    expect(await readdir(folder)).toEqual(['redox.prom']);
    const series = parseExposition(readFileSync(METRICS_FILE, 'utf8'));
    const value = (name: string): number | undefined => series.get(`redox_reconcile_${name}`);
    expect(value('last_run_exit_code{job="nightly"}')).toBe(0);
    expect(value('last_run_duration_seconds{job="nightly"}')).toBeGreaterThan(3599);
    expect(value('last_run_calls{job="nightly",event_type="PatientUpdate",outcome="accepted"}')).toBe(1);
    expect(value('last_run_rows{job="nightly",entity="patient",class="due"}')).toBe(1);
    expect(value('last_run_attempt_duration_seconds_count{job="nightly"}')).toBe(1);
    expect(value('last_run_attempt_duration_seconds_bucket{job="nightly",le="+Inf"}')).toBe(1);
    expect(value('site_state{state="ok"}')).toBe(1);
    expect(Math.abs((value('last_clean_night_timestamp_seconds') ?? 0) - Date.now() / 1000)).toBeLessThan(600);

    await run(['nightly'], { METRICS_FILE, LEDGER_URL: nowhere });
    const without = parseExposition(readFileSync(METRICS_FILE, 'utf8'));
    expect(without.get('redox_reconcile_last_run_exit_code{job="nightly"}')).toBe(69);
  });
});

/** The series of a text in Prometheus' format, strictly; each metric is introduced, and no label has a value of its own making. */
function parseExposition(text: string): Map<string, number> {
  const series = new Map<string, number>();
  const introduced = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, kind, metric] = /^# (HELP|TYPE) (redox_reconcile_[a-z_]+) \S/.exec(line) ?? [];
    if (kind !== undefined) {
      introduced.add(metric ?? '');
      continue;
    }
    const found = /^([a-z_]+)(\{(?:[a-z_]+="[A-Za-z0-9_.+]*",?)*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/.exec(line);
    expect(found, line).not.toBeNull();
    const [, name = '', labels = '', value] = found ?? [];
    expect(
      [name, name.replace(/_(bucket|sum|count)$/, '')].some((one) => introduced.has(one)),
      line,
    ).toBe(true);
    series.set(`${name}${labels}`, Number(value));
  }
  return series;
}

describe('a schedule', () => {
  it('serves metrics and health on a local port, and passes --due', async () => {
    const { site } = await watchedClinic();
    const port = await freePort();
    const envFile = join(site.night.reportDir, '..', 'port.env');
    await writeFile(envFile, `METRICS_PORT=${port}\n`);
    // Every few seconds: a test has no night to wait for.
    const { process: child, ended } = site.night.start('schedule', '--nightly', '*/5 * * * * *', '--env-file', envFile);
    const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    await expect
      .poll(
        () =>
          ask('/healthz').then(
            ({ status }) => status,
            () => 0,
          ),
        patience,
      )
      .toBe(200);
    const text = async (): Promise<string> => (await ask('/metrics')).text();
    await expect.poll(text, patience).toContain('redox_reconcile_last_run_exit_code{job="nightly"} 0');
    expect(
      parseExposition(await text()).get('redox_reconcile_last_run_due_timestamp_seconds{job="nightly"}'),
    ).toSatisfy(Number.isInteger);
    child.kill('SIGTERM');
    await ended;
  });
});

const patience = { timeout: 60_000, interval: 200 };
