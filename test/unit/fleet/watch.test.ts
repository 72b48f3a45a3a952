import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../../jobs/fleet/page.ts';
import { describe as describeFleet } from '../../../jobs/fleet/status.ts';
import { troubles as troublesInWords } from '../../../src/decide/fleet/changes-in-words.ts';
import { troublesOf } from '../../../src/decide/fleet/troubles.ts';
import { fleetMetrics, siteFigures } from '../../../src/fleet/fleet-metrics.ts';
import { packageRoot } from '../../../src/package-root.ts';
import type { AddressRow, QueueRow, SiteRow, WorkerRow } from '../../../src/fleet/fleet-store.ts';

const now = new Date('2026-03-02T10:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);

const site = (name: string, more: Partial<SiteRow> = {}): SiteRow => ({
  ...{ site_group: 'db:5432', time_zone: 'America/Chicago', nightly: '15 2 * * *' },
  ...{ site: name, zone: 'default', known_since: now, state: 'ok', since: now, failures: 0, next_due_at: now },
  ...{ running_on: null, running_since: null, ended_at: now, exit_code: 0, reason: 'done', run_id: null },
  ...{ took_ms: 1_000, accepted: 3, open_calls: 0, waiting: 0, clean_at: now, paused_until: null },
  ...{ nights_left: 0, person_lines: 0, findable_share: 1 },
  ...more,
});
const worker = (more: Partial<WorkerRow> = {}): WorkerRow => ({
  ...{ worker: 'host:1', zone: 'default', version: '0.1.0', ledger_version: 1, slots: 2, folder_digest: 'abc' },
  ...{ invalid_sites: [] as string[], clock_ahead_ms: 0 },
  ...{ started_at: now, seen_at: now, lives: true },
  ...more,
});
const address = (more: Partial<AddressRow> = {}): AddressRow => ({
  ...{
    address: 'default',
    calls: 7_500,
    window_ms: 300_000,
    paused_until: null,
    paused_why: null,
    used: 10,
    wait_s: 0,
  },
  ...more,
});
const well = {
  sites: [site('a')],
  workers: [worker()],
  addresses: [address()],
  queue: [] as QueueRow[],
  outages: [] as string[],
};

describe('the troubles of a fleet', () => {
  test('are none while all is well', () => {
    expect(troublesOf(well, now)).toEqual([]);
  });

  const failing = (count: number, minutes: number, reason: string): SiteRow[] =>
    Array.from({ length: count }, (_, n) => site(`s${n}`, { state: 'failing', reason, since: minutesAgo(minutes) }));

  test.each([
    ['a zone without workers', { workers: [worker({ zone: 'east' })] }, ['no_worker']],
    ['workers that were not seen', { workers: [worker({ lives: false })] }, ['no_worker']],
    ['a night that waits for 30 minutes', { queue: [{ zone: 'default', waiting: 1, oldest_s: 1_800 }] }, []],
    ['a night that waits for longer', { queue: [{ zone: 'default', waiting: 1, oldest_s: 1_801 }] }, ['queue_late']],
    ['four sites that fail alike', { sites: failing(4, 9, 'breaker') }, []],
    ['five sites that fail alike', { sites: failing(5, 9, 'breaker') }, ['many_alike']],
    ['five sites that failed earlier', { sites: failing(5, 11, 'breaker') }, []],
    ['a limit by Redox', { addresses: [address({ paused_until: now, paused_why: '429' })] }, ['address_limited']],
    ['a pause by a person', { addresses: [address({ paused_until: now, paused_why: 'person' })] }, ['address_paused']],
    ['other folders', { workers: [worker(), worker({ folder_digest: 'def' })] }, ['folder_differs']],
    ['other versions', { workers: [worker(), worker({ version: '0.2.0' })] }, ['versions_differ']],
    ['an outage of a zone', { outages: ['default'] }, ['many_alike']],
    [
      'a worker without its folder',
      { workers: [worker(), worker({ folder_digest: 'unreadable' })] },
      ['folder_unreadable'],
    ],
    ['a clock that is 10 s ahead', { workers: [worker({ clock_ahead_ms: 10_000 })] }, []],
    ['a clock that is further ahead', { workers: [worker({ clock_ahead_ms: 10_001 })] }, ['clock_wrong']],
    ['a clock that is behind', { workers: [worker({ clock_ahead_ms: -10_001 })] }, ['clock_wrong']],
    ['the clock of a dead worker', { workers: [worker(), worker({ clock_ahead_ms: 99_999, lives: false })] }, []],
    ['a file that does not fit', { workers: [worker({ invalid_sites: ['b'] })] }, ['site_invalid']],
  ])('by %s', (_, change, reasons) => {
    expect(troublesOf({ ...well, ...change }, now).map(({ reason }) => reason)).toEqual(reasons);
  });
});

test('the rules for Prometheus name figures that workers write, and every trouble', () => {
  const rules = readFileSync(join(packageRoot, 'jobs/deploy/redox-reconcile-fleet.rules.yaml'), 'utf8');
  const troubles = [{ reason: 'no_worker', subject: 'east' }];
  const shown = { ...well, queue: [{ zone: 'default', waiting: 1, oldest_s: 5 }], late: [{ site: 'a', late_s: 5 }] };
  const written = fleetMetrics({ ...shown, troubles }, now, []);
  expect(written).toMatch(/^redox_fleet_worker_clock_ahead_seconds\{worker="host:1",zone="default"\} 0$/m);
  const named = [...new Set(rules.match(/redox_fleet_\w+/g))];
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !new RegExp(`^${name}\\{`, 'm').test(written))).toEqual([]);
  // It has an alert of its own.
  const reasons = Object.keys(troublesInWords).filter((reason) => reason !== 'queue_late');
  expect([...(/reason=~"([a-z_|]+)"/.exec(rules)?.[1] ?? '').split('|')].sort()).toEqual(reasons.sort());
});

test('the figures of sites stand together, each with its site', () => {
  const text = '# HELP m Help.\n# TYPE m gauge\nm{job="nightly"} 1\n# HELP n Help.\n# TYPE n gauge\nn 2\n';
  expect(
    siteFigures([
      { site: 'a', text },
      { site: 'b', text },
    ]),
  ).toEqual([
    ...['# HELP m Help.', '# TYPE m gauge', 'm{site="a",job="nightly"} 1', 'm{site="b",job="nightly"} 1'],
    ...['# HELP n Help.', '# TYPE n gauge', 'n{site="a"} 2', 'n{site="b"} 2'],
  ]);
});

describe('what is shown of a fleet', () => {
  const counts = { nights_left: 12, person_lines: 1_234, findable_share: 0.9731 };
  const view = {
    sites: [
      site('b', { state: 'failing', exit_code: 69, reason: 'unavailable', ...counts }),
      site('c', { state: 'needs_person' }),
      site('a', { running_on: 'host:1', running_since: minutesAgo(90) }),
    ],
    workers: [worker(), worker({ worker: 'host:2', clock_ahead_ms: -240_000 })],
    addresses: [address(), address({ address: 'east', used: 7_500, wait_s: 65 })],
    pauses: [{ scope: 'zone:east', until_at: now, because: '<move> & "test"', by_whom: 'anna@host', since: now }],
    queue: [{ zone: 'default', waiting: 2, oldest_s: 61 }],
    outages: [{ zone: 'default', step: 1, until_at: now, probe: null, probe_at: null, over_at: null }],
    late: [{ site: 'c', late_s: 1_860 }],
  };

  test('begins with one sentence and lists the worst first', () => {
    const lines = describeFleet(view, now);
    expect(lines[0]).toBe('1 of 3 sites ended their last night clean; 1 failing; 1 in need of a person.');
    expect(lines.filter((line) => /^[abc] /.test(line)).map((line) => line[0])).toEqual(['b', 'c', 'a']);
    expect(lines).toContain('Zone default: 2 jobs waiting, the oldest for 1 min 1 s.');
    expect(lines).toContain('Address default: 10 of 7,500 calls in 5 min.');
    expect(lines.join()).toContain('runs on host:1 since 08:30');
    expect(lines.join('\n')).toMatch(/^Trouble: .*many sites fail alike in zone – default/m);
    expect(lines.join('\n')).toMatch(/^Trouble: .*no start by the worker, because its clock .* differ – host:2/m);
    expect(lines.join()).toMatch(/Zone default: many sites failed alike at Redox; .* then one site tries first\./);
  });

  test('has what a site has left, and when and where it is due', () => {
    const lines = describeFleet(view, now);
    const row = /^b +failing .* 12 +1,234 +97\.31 % +15 2 \* \* \* America\/Chicago +default +db:5432$/;
    expect(lines.filter((line) => row.test(line))).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/^c .* has been due for 31 min /m);
    expect(lines.join('\n')).toMatch(/^host:1 .* right /m);
    expect(lines.join('\n')).toMatch(/^host:2 .* 4 min behind: starts nothing /m);
    expect(lines).toContain('Address east: 7,500 of 7,500 calls in 5 min, the next call waits for 1 min 5 s.');
  });

  test('is on the page what it is in the terminal', () => {
    const html = pageOf(view, now);
    for (const line of describeFleet(view, now)) {
      for (const cell of line.split(/ {2,}/))
        expect(html).toContain(
          cell
            .replaceAll('&', '&amp;')
            .replaceAll(/[<>"]/g, (one) => ({ '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? one),
        );
    }
  });

  test('is a page without scripts and without network', () => {
    const html = pageOf(view, now);
    expect(html).toContain('&lt;move&gt; &amp; &quot;test&quot;');
    expect(html).not.toMatch(/<script|https?:/);
  });
});
