import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';

/** The rules for Prometheus, by Prometheus' own tool (in Debian's package `prometheus`). */
const rules = join(packageRoot, 'jobs/deploy/redox-reconcile-fleet.rules.yaml');
const has = spawnSync('promtool', ['--version']).error === undefined;

interface Series {
  readonly series: string;
  /** A value each minute: `1x10` is 1, eleven times. */
  readonly values: string;
}

const all = (series: string, value: number, minutes = 130): Series => ({ series, values: `${value}x${minutes}` });
const isPaused = (value: number): Series => all('redox_fleet_site_paused{site="a"}', value, 1_800);
const failing = all('redox_fleet_site_state{site="a",state="failing"}', 1);
const trouble = all('redox_fleet_trouble{reason="clock_wrong",subject="host:1"}', 1);
const cleanAt = all('redox_fleet_site_clean_night_timestamp_seconds{site="a"}', 0, 1_800);
const seen = (instance: string, seconds: number): Series =>
  all(`redox_fleet_worker_seen_seconds{worker="w",zone="z",instance="${instance}"}`, seconds);

const cases: readonly (readonly [alert: string, at: string, series: readonly Series[], labels: object | null])[] = [
  ['FleetSilent', '6m', [], {}],
  ['FleetSilent', '6m', [failing], null],
  ['FleetSiteFailing', '1m', [failing, isPaused(0)], { site: 'a' }],
  ['FleetSiteFailing', '1m', [failing, isPaused(1)], null],
  ['FleetSiteNeedsPerson', '1m', [all('redox_fleet_site_state{site="a",state="needs_person"}', 1)], { site: 'a' }],
  ['FleetNoCleanNight', '26h1m', [cleanAt, isPaused(0)], { site: 'a' }],
  ['FleetNoCleanNight', '26h', [cleanAt, isPaused(0)], null],
  ['FleetNoCleanNight', '26h1m', [cleanAt, isPaused(1)], null],
  ['FleetNightLate', '1m', [all('redox_fleet_night_late_seconds{site="a"}', 3_601)], { site: 'a' }],
  ['FleetQueueLate', '1m', [all('redox_fleet_queue_oldest_seconds{zone="z"}', 1_801)], { zone: 'z' }],
  ['FleetWorkerLost', '1m', [seen('one', 181), seen('other', 181)], { worker: 'w', zone: 'z' }],
  ['FleetWorkerLost', '1m', [seen('one', 181), seen('other', 5)], null],
  ['FleetTrouble', '2m', [trouble], { reason: 'clock_wrong', subject: 'host:1' }],
  ['FleetTrouble', '1m', [trouble], null],
  ['FleetRateWaits', '1m', [all('redox_fleet_rate_wait_seconds{address="z"}', 301)], { address: 'z' }],
  ['FleetRateExhausted', '120m', [all('redox_fleet_rate_used_ratio{address="z"}', 0.96)], { address: 'z' }],
  ['FleetRateExhausted', '119m', [all('redox_fleet_rate_used_ratio{address="z"}', 0.96)], null],
];

/** What a rule says in its annotations, with the labels filled in. */
function annotationsOf(alert: string, labels: object): object {
  const [, rule = ''] =
    new RegExp(`- alert: ${alert}\\n([^]*?)(?:\\n {6}- |$)`).exec(readFileSync(rules, 'utf8')) ?? [];
  const textOf = (name: string): string => new RegExp(`${name}: '?(.*?)'?$`, 'm').exec(rule)?.[1] ?? '';
  const filled = Object.entries(labels).reduce(
    (text, [name, value]) => text.replaceAll(`{{ $labels.${name} }}`, String(value)),
    textOf('summary'),
  );
  return { summary: filled, look: textOf('look') };
}

describe.skipIf(!has)("Prometheus' rules for a fleet", () => {
  test('are rules by its own tool', async () => {
    const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', rules]);
    expect(stdout).toMatch(/SUCCESS: 10 rules found/);
  });

  test('fire when they should and are silent else', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rules-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const tests = cases.map(([alertname, eval_time, input_series, labels]) => {
      const exp_alerts =
        labels === null ? [] : [{ exp_labels: labels, exp_annotations: annotationsOf(alertname, labels) }];
      return { interval: '1m', input_series, alert_rule_test: [{ eval_time, alertname, exp_alerts }] };
    });
    // JSON is YAML.
    const file = join(folder, 'tests.yaml');
    await writeFile(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  });

  test('has a case for each alert', () => {
    const named = [...readFileSync(rules, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert);
    expect([...new Set(cases.map(([alert]) => alert))].sort()).toEqual(named.sort());
  });
});
