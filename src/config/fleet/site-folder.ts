/**
 * The folder of a fleet: `fleet.env` for the workers, `sites.env` for what all sites share, `sites/<site>.env`, `contracts/`. What is read
 * here of a site is what its workers need; no `_FILE` of it is opened, so no secret of a site comes into this process.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageFault } from '../../fault.ts';
import { serversOf } from '../../network/server-list.ts';
import { Secret } from '../../secret.ts';
import { layersOf, textIn } from '../format/sources.ts';
import { timeZone } from '../format/time-zone.ts';
import { readFleetSettings, siteSettings } from './fleet-settings.ts';

export interface FleetSite {
  readonly name: string;
  /** The strongest last, as `--env-file` takes them. */
  readonly envFiles: readonly string[];
  readonly zone: string;
  /** Sites of one group share a server. */
  readonly group: string;
  readonly timeZone: string;
  /** Cron expressions in that zone. */
  readonly nightly: string;
  readonly intraday: string | null;
  readonly until: { readonly hour: number; readonly minute: number } | null;
  readonly catchUpMs: number;
}

export interface InvalidSite {
  readonly name: string;
  readonly faults: readonly string[];
}

export interface SiteFolder {
  readonly sites: readonly FleetSite[];
  readonly invalid: readonly InvalidSite[];
  /** The same on every machine whose folder is the same. */
  readonly digest: string;
}

/** The env files of the workers themselves. */
export function fleetEnvFiles(folder: string): string[] {
  const file = join(folder, 'fleet.env');
  return isNamed(file) ? [file] : [];
}

export function readSiteFolder(folder: string): SiteFolder {
  const shared = join(folder, 'sites.env');
  const before = isNamed(shared) ? [shared] : [];
  const files = filesIn(join(folder, 'sites'));
  const digest = createHash('sha256');
  for (const file of before) digest.update(bytesOf(file));
  const sites: FleetSite[] = [];
  const invalid: InvalidSite[] = [];
  for (const file of files) {
    const path = join(folder, 'sites', file);
    const name = file.slice(0, -'.env'.length);
    digest.update(`\0${file}\0`).update(bytesOf(path));
    const read = readSite(name, [...before, path]);
    if ('faults' in read) invalid.push(read);
    else sites.push(read);
  }
  return { sites, invalid, digest: digest.digest('hex').slice(0, 12) };
}

/** Also where it is a link to nothing, which the readers of env files report. */
const isNamed = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** What cannot be read makes its own site invalid, and no other. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.env') && !file.startsWith('.'))
      .sort();
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageFault(
      `The folder of sites ${folder} cannot be read (${code}). A fleet is a folder with sites/<site>.env in it; --folder names it.`,
      { cause: error },
    );
  }
}

function readSite(name: string, envFiles: readonly string[]): FleetSite | InvalidSite {
  const { layers, faults: unreadable } = layersOf({}, envFiles);
  const { values, faults } = readFleetSettings(siteSettings, layers);
  const zoneText = textIn(layers, 'SITE_TIME_ZONE') ?? textIn(layers, 'EHR_TIME_ZONE');
  const zone = timeZone.safeParse(zoneText?.text ?? '');
  const all = [
    ...unreadable,
    ...(/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) ? [] : [`the name of its file; expected a–z, 0–9 and -, 40 at most.`]),
    ...(zone.success ? [] : ['EHR_TIME_ZONE or SITE_TIME_ZONE; expected an IANA time zone such as America/Chicago.']),
    ...faults,
  ];
  if (all.length > 0 || !zone.success) return { name, faults: all };
  return {
    name,
    envFiles,
    zone: values.FLEET_ZONE,
    group: values.FLEET_GROUP ?? serverOf(textIn(ownTexts(layers), 'LEDGER_URL')?.text ?? null),
    timeZone: zone.data,
    nightly: values.FLEET_NIGHTLY,
    intraday: values.FLEET_INTRADAY,
    until: values.FLEET_UNTIL,
    catchUpMs: values.FLEET_CATCH_UP,
  };
}

/** Without what a `_FILE` names. */
const ownTexts = (layers: ReturnType<typeof layersOf>['layers']): ReturnType<typeof layersOf>['layers'] =>
  layers.map(({ variables, origin }) => ({
    origin,
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => !name.endsWith('_FILE'))),
  }));

/** Host and port, of several servers the first; the same word for all whose address is in a file of secrets. */
function serverOf(given: string | null): string {
  const url = given === null ? '' : (serversOf(new Secret(given.trim()))[0]?.reveal() ?? '');
  if (!URL.canParse(url)) return 'default';
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
