/** The figures of a fleet for Prometheus: those of each site, with the label `site`, and its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trouble } from '../decide/fleet/troubles.ts';
import type { FleetRows } from './fleet-store.ts';

interface Shown extends Omit<FleetRows, 'pauses'> {
  readonly troubles: readonly Trouble[];
}

export const fleetMetrics = (shown: Shown, now: Date, sites: readonly SiteText[]): string =>
  [...ownFigures(shown, now), ...siteFigures(sites)].join('\n');

const states = ['new', 'ok', 'needs_person', 'failing'];

function ownFigures({ sites, workers, addresses, queue, late, troubles }: Shown, now: Date): string[] {
  const secondsSince = (time: Date): string => ((now.getTime() - time.getTime()) / 1000).toFixed(0);
  const state = sites.flatMap(({ site, state }) =>
    states.map((one): Sample => [{ site, state: one }, one === state ? 1 : 0]),
  );
  const clean = sites.flatMap(({ site, clean_at }): Sample[] =>
    clean_at === null ? [] : [[{ site }, clean_at.getTime() / 1000]],
  );
  return [
    ...gauge('site_state', 'State of the site: 1 for the current one.', state),
    ...gauge(
      'site_paused',
      'Whether the site is paused.',
      sites.map(({ site, paused_until }) => [{ site }, paused_until === null ? 0 : 1]),
    ),
    ...gauge('site_clean_night_timestamp_seconds', 'End of the last clean nightly.', clean),
    ...gauge(
      'worker_seen_seconds',
      'How long ago the worker was seen.',
      workers.map(({ worker, zone, seen_at }) => [{ worker, zone }, secondsSince(seen_at)]),
    ),
    ...gauge(
      'worker_clock_ahead_seconds',
      'How far the clock of the worker is ahead of that of the fleet database, at least.',
      workers.map(({ worker, zone, clock_ahead_ms }) => [{ worker, zone }, clock_ahead_ms / 1_000]),
    ),
    ...gauge(
      'queue_waiting',
      'Jobs that wait for a worker.',
      queue.map(({ zone, waiting }) => [{ zone: zone ?? '' }, waiting ?? 0]),
    ),
    ...gauge(
      'queue_oldest_seconds',
      'How long the oldest of them is due.',
      queue.map(({ zone, oldest_s }) => [{ zone: zone ?? '' }, oldest_s ?? 0]),
    ),
    ...gauge(
      'rate_used_ratio',
      'Share of the limit of the address that is used.',
      addresses.map(({ address, used, calls }) => [{ address }, (used ?? 0) / calls]),
    ),
    ...gauge(
      'rate_wait_seconds',
      'How long the next call of the address waits, for its limit or its pause.',
      addresses.map(({ address, wait_s }) => [{ address }, wait_s ?? 0]),
    ),
    ...gauge(
      'night_late_seconds',
      'How long a nightly is due that has not started, or waits for another try.',
      late.map(({ site, late_s }) => [{ site: site ?? '' }, late_s ?? 0]),
    ),
    ...gauge(
      'trouble',
      'Troubles of the fleet itself, as its alerts name them.',
      troubles.map(({ reason, subject }) => [{ reason, subject }, 1]),
    ),
    ...gauge(
      'rate_paused',
      'Whether the address is paused.',
      addresses.map(({ address, paused_until }) => [{ address }, paused_until === null ? 0 : 1]),
    ),
  ];
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | string];

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return [];
  const full = `redox_fleet_${name}`;
  const line = ([labels, value]: Sample): string =>
    `${full}{${Object.entries(labels)
      .map(([label, text]) => `${label}="${text.replaceAll(/[\\"\n]/g, '_')}"`)
      .join(',')}} ${value}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} gauge`, ...samples.map(line)];
}

export interface SiteText {
  readonly site: string;
  readonly text: string;
}

export function siteTexts(reportDir: string): SiteText[] {
  return readdirSync(reportDir)
    .filter((file) => file.endsWith('.prom') && !file.startsWith('.'))
    .sort()
    .map((file) => ({ site: file.slice(0, -'.prom'.length), text: readFileSync(join(reportDir, file), 'utf8') }));
}

/** The series of one metric stand together. */
export function siteFigures(texts: readonly SiteText[]): string[] {
  const metrics = new Map<string, { readonly comments: string[]; readonly lines: string[] }>();
  for (const { site, text } of texts) {
    let current: { comments: string[]; lines: string[] } = { comments: [], lines: [] };
    for (const line of text.split('\n')) {
      const [, word, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        current = metrics.get(name) ?? { comments: [], lines: [] };
        metrics.set(name, current);
        if (!current.comments.some((one) => one.startsWith(`# ${word ?? ''} `))) current.comments.push(line);
      } else if (line !== '') current.lines.push(labelled(line, site));
    }
  }
  return [...metrics.values()].flatMap(({ comments, lines }) => [...comments, ...lines]);
}

/** `name{job="nightly"} 1` with the site as its first label. */
const labelled = (line: string, site: string): string =>
  line.replace(
    /^([A-Za-z_:][\w:]*)(\{)?/,
    (_, name: string, brace?: string) => `${name}{site="${site}"${brace === undefined ? '}' : ','}`,
  );
