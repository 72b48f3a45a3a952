/** What is wrong with the sites of a fleet: each by itself, and those that are in each other's way. */
import { createHash } from 'node:crypto';
import { serversOf } from '../../network/server-list.ts';
import { counted, lasting } from '../../plain-text.ts';
import type { Secret } from '../../secret.ts';
import { examine } from '../examine.ts';
import { statsOf } from '../file/path.ts';
import { find, layersOf } from '../format/sources.ts';
import { everyPart, type Setting, settingNames, settings, type Values } from '../settings.ts';
import type { FleetSite, SiteFolder } from './site-folder.ts';

/** Sentences by site; none names a value of a secret. */
export type SiteFaults = ReadonlyMap<string, readonly string[]>;

export interface SharedLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** `limits`: by zone, as far as they are set. */
export function checkSites(
  { sites, invalid }: SiteFolder,
  limits: ReadonlyMap<string, SharedLimit> = new Map(),
): SiteFaults {
  const faults = new Map<string, string[]>();
  const add = (site: string, sentences: readonly string[]): void => {
    if (sentences.length > 0) faults.set(site, [...(faults.get(site) ?? []), ...sentences]);
  };
  for (const { name, faults } of invalid) add(name, faults);
  const read = sites.map((site) => ({ site, ...examineSite(site) }));
  for (const { site, values, own } of read) {
    add(site.name, own);
    add(site.name, aboveShared(site, values, limits.get(site.zone)));
  }
  for (const { what, of } of collisions) {
    const byKey = new Map<string, string[]>();
    for (const { site, values } of read) {
      const key = of(values);
      if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), site.name]);
    }
    for (const names of byKey.values()) {
      const [first = ''] = names;
      for (const name of names.slice(1)) add(name, [`It has ${what} of ${first}; expected one of its own.`]);
    }
  }
  return faults;
}

type SiteValues = Partial<Values>;

function examineSite({ envFiles }: FleetSite): { readonly values: SiteValues; readonly own: readonly string[] } {
  const { values, faults } = examine({}, { envFiles, requires: new Set(everyPart) });
  return {
    values,
    own: [...faults, ...embeddedLedger(values), ...secretsInFiles(envFiles), ...filesOfOthers(envFiles)],
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const collisions: readonly { readonly what: string; readonly of: (values: SiteValues) => string | null }[] = [
  {
    what: 'the ledger (LEDGER_URL)',
    of: ({ LEDGER_URL: ledger }) => (ledger?.kind === 'postgres' ? digestOf(databaseOf(ledger.url)) : null),
  },
  {
    what: 'the target at Redox (REDOX_BASE_URL, REDOX_ENVIRONMENT, REDOX_DESTINATION_ID and the OIDs)',
    of: (values) => {
      const { REDOX_BASE_URL, REDOX_ENVIRONMENT, REDOX_DESTINATION_ID, ORGANIZATION_OID, PATIENT_OID } = values;
      if (REDOX_DESTINATION_ID === undefined) return null;
      return [REDOX_BASE_URL, REDOX_ENVIRONMENT, REDOX_DESTINATION_ID, ORGANIZATION_OID, PATIENT_OID].join(' ');
    },
  },
];

/** The same for one database, without regard to the order of its servers. */
function databaseOf(url: Secret): string {
  const servers = serversOf(url).map((server) => {
    const { hostname, port, pathname } = new URL(server.reveal());
    return `${hostname.toLowerCase()}:${port === '' ? '5432' : port}${pathname}`;
  });
  return servers.sort().join(' ');
}

/** A site's own limit says how many calls its nights plan, so one that the address cannot give is a mistake; the default is none. */
function aboveShared({ zone, envFiles }: FleetSite, { RATE_LIMIT: own }: SiteValues, limit?: SharedLimit): string[] {
  const given = find(layersOf({}, envFiles).layers, 'RATE_LIMIT');
  if (given === null || given.origin === 'default' || limit === undefined || own === undefined) return [];
  if (own !== null && own.calls / own.windowMs <= limit.calls / limit.windowMs) return [];
  return [
    `RATE_LIMIT is ${String(given.text)}, above what all sites of zone ${zone} share (${counted(limit.calls, 'call')} in ${lasting(limit.windowMs)}); ` +
      `expected at most that, or a higher limit by \`fleet rate ${zone}\`.`,
  ];
}

const embeddedLedger = ({ LEDGER_URL: ledger }: SiteValues): string[] =>
  ledger?.kind === 'embedded'
    ? ['LEDGER_URL is embedded:<folder>, which only one machine has; expected postgres://… for any worker.']
    : [];

/** A site's file is copied to every worker, so a secret belongs into a file beside it. */
function secretsInFiles(envFiles: readonly string[]): string[] {
  return layersOf({}, envFiles).layers.flatMap(({ variables, origin }) =>
    settingNames
      .filter((name) => isSecretIn(settings[name], variables[name] ?? ''))
      .map((name) => `${name} is in ${origin}; expected ${name}_FILE, with the secret in a file of its own.`),
  );
}

const isSecretIn = ({ secret }: Setting, text: string): boolean =>
  text !== '' && (secret === true || (secret === 'address' && /\/\/[^/@\s]*:[^/@\s]+@/.test(text)));

function filesOfOthers(envFiles: readonly string[]): string[] {
  const named = layersOf({}, envFiles).layers.flatMap(({ variables }) =>
    settingNames.flatMap((name) =>
      (settings[name] as Setting).secret ? [{ name, path: variables[`${name}_FILE`] ?? '' }] : [],
    ),
  );
  return named.flatMap(({ name, path }) => {
    const mode = path === '' ? undefined : statsOf(path)?.mode;
    if (mode === undefined || (mode & 0o007) === 0) return [];
    return [`${name}_FILE is ${JSON.stringify(path)}, which every user of this machine can read; expected chmod 600.`];
  });
}
