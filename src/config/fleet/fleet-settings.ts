/** The settings of a fleet: those of its workers, and what a site's file says to them. */
import { availableParallelism } from 'node:os';
import { UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import * as address from '../format/addresses.ts';
import { type Format, format as formatOf, InvalidSetting } from '../format/format.ts';
import * as format from '../format/formats.ts';
import { type Environment, type Given, type Layer, layersOf, textIn } from '../format/sources.ts';

interface FleetSetting<T = unknown> {
  readonly format: Format<T>;
  readonly expected: string;
  readonly default?: string;
  readonly required?: true;
}

const table = <T extends Readonly<Record<string, FleetSetting>>>(settings: T): T => settings;

export const zone = formatOf((text) => {
  if (!/^[a-z0-9-]{1,40}$/.test(text)) throw new InvalidSetting('which has other characters in it');
  return text;
});

/** Five fields: with four or six the engine reads others than a person means. It reads their words itself. */
const cron = formatOf((text) => {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw new InvalidSetting(`which has ${fields.length} fields`);
  return fields.join(' ');
});

/** `06:00` */
const clock = formatOf((text) => {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour === undefined) throw new InvalidSetting('which is not a time of day');
  return { hour: Number(hour), minute: Number(minute) };
});

export const zoneWords = 'a name of lower-case letters, digits and hyphens, 40 at most';

export const workerSettings = table({
  FLEET_URL: {
    format: address.databaseUrl,
    expected: 'postgres://<user>:<password>@<host>/<database>, a database of the fleet alone',
    required: true,
  },
  FLEET_ZONE: { format: zone, expected: zoneWords, default: 'default' },
  FLEET_SLOTS: {
    format: format.wholeNumber(1, 64),
    expected: 'a whole number from 1 to 64',
    default: String(Math.min(64, availableParallelism())),
  },
  FLEET_GROUP_SLOTS: { format: format.wholeNumber(1, 64), expected: 'a whole number from 1 to 64', default: '4' },
  FLEET_HEARTBEAT: {
    format: format.duration(10_000, 600_000),
    expected: 'a duration from 10s to 10m, such as 30s',
    default: '30s',
  },
  FLEET_REPORT_DIR: { format: format.folder, expected: 'a folder', default: 'reports' },
  FLEET_ALERT_WEBHOOK_URL: {
    format: address.alertUrl,
    expected: 'the https:// address of a webhook (http:// only for a service on this machine)',
  },
  FLEET_HEARTBEAT_URL: {
    format: address.alertUrl,
    expected: 'the https:// address to request while all is well (http:// only for this machine)',
  },
  METRICS_PORT: { format: address.listenAddress, expected: 'a port of this machine such as 9464, or <address>:<port>' },
} as const);

/** What a site's file says to the fleet. The time zone is a setting of the site itself. */
export const siteSettings = table({
  FLEET_NIGHTLY: {
    format: cron,
    expected: "a cron expression of five fields in the site's zone, such as 15 2 * * *",
    required: true,
  },
  FLEET_INTRADAY: { format: cron, expected: "a cron expression of five fields in the site's zone" },
  FLEET_UNTIL: { format: clock, expected: 'a time of day such as 06:00' },
  FLEET_ZONE: { format: zone, expected: zoneWords, default: 'default' },
  FLEET_GROUP: { format: format.label, expected: 'a name of 1 to 64 letters, digits, dots, hyphens and underscores' },
  FLEET_CATCH_UP: {
    format: format.duration(0, 7 * 24 * 3_600_000),
    expected: 'a duration from 0s to 168h, such as 20h',
    default: '20h',
  },
} as const);

type Table = Readonly<Record<string, FleetSetting>>;
type ValueOf<S extends FleetSetting> = S['format'] extends Format<infer T> ? T : never;
export type ValuesOf<T extends Table> = {
  readonly [Name in keyof T]: T[Name] extends { required: true } | { default: string }
    ? ValueOf<T[Name]>
    : ValueOf<T[Name]> | null;
};

export interface WorkerConfig {
  readonly url: Secret;
  readonly zone: string;
  readonly slots: number;
  readonly groupSlots: number;
  readonly heartbeatMs: number;
  readonly reportDir: string;
  readonly alertUrl: Secret | null;
  readonly heartbeatUrl: Secret | null;
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
}

/** From the environment, the env files and the folder's fleet.env, the strongest first. */
export function loadWorkerConfig(environment: Environment, envFiles: readonly string[]): WorkerConfig {
  const { layers, faults: unreadable } = layersOf(environment, envFiles);
  const { values, faults } = readFleetSettings(workerSettings, layers);
  const all = [...unreadable, ...faults];
  if (all.length > 0) throw new UsageFault(['The configuration of the fleet does not fit:', ...all].join('\n  '));
  return {
    url: values.FLEET_URL,
    zone: values.FLEET_ZONE,
    slots: values.FLEET_SLOTS,
    groupSlots: values.FLEET_GROUP_SLOTS,
    heartbeatMs: values.FLEET_HEARTBEAT,
    reportDir: values.FLEET_REPORT_DIR,
    alertUrl: values.FLEET_ALERT_WEBHOOK_URL,
    heartbeatUrl: values.FLEET_HEARTBEAT_URL,
    metricsAddress: values.METRICS_PORT,
  };
}

/** Values are only complete where there are no faults. */
export function readFleetSettings<T extends Table>(
  settings: T,
  layers: readonly Layer[],
): { readonly values: ValuesOf<T>; readonly faults: readonly string[] } {
  const faults: string[] = [...misspelt(layers)];
  const values = Object.entries(settings).map(([name, setting]) => {
    const given = textIn(layers, name) ?? defaultOf(name, setting);
    if (given === null) {
      if (setting.required === true) faults.push(`${name} is not set; expected ${setting.expected}.`);
      return [name, null];
    }
    if (given.text === null) {
      faults.push(given.fault);
      return [name, null];
    }
    const read = setting.format.safeParse(given.text);
    if (read.success) return [name, read.data];
    const clause = read.error.issues.find(({ message }) => message.startsWith('which '))?.message;
    faults.push(
      `${name} has a value${clause === undefined ? '' : `, ${clause}`} (${given.origin}); expected ${setting.expected}.`,
    );
    return [name, null];
  });
  return { values: Object.fromEntries(values) as ValuesOf<T>, faults };
}

const defaultOf = (name: string, { default: text }: FleetSetting): Given<string> | null =>
  text === undefined ? null : { name, origin: 'default', text };

const known = new Set([...Object.keys(workerSettings), ...Object.keys(siteSettings)]);

/** Other programs have names like these in the environment. */
function misspelt(layers: readonly Layer[]): string[] {
  const files = layers.filter(({ origin }) => origin !== 'environment');
  return files.flatMap(({ variables, origin }) =>
    Object.keys(variables)
      .filter((name) => name.startsWith('FLEET_') && !known.has(name.replace(/_FILE$/, '')))
      .map((name) => `${name} (${origin}) is not a name of redox-reconcile; docs/scale.md lists those of fleets.`),
  );
}
