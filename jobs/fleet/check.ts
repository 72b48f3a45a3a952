/** `fleet check`: every site's settings at once; no job is started and no secret is shown. With `--doctor` each site's doctor looks, too. */
import { checkSites, type SharedLimit } from '../../src/config/fleet/check-sites.ts';
import type { FleetSite } from '../../src/config/fleet/site-folder.ts';
import { exitCodes, type ExitCode, Fault, worseOf } from '../../src/fault.ts';
import { dueTimes } from '../../src/fleet/due-times.ts';
import { type Engine, openEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { FleetStore } from '../../src/fleet/fleet-store.ts';
import { counted, minuteOf } from '../../src/plain-text.ts';
import type { Secret } from '../../src/secret.ts';
import type { JobContext } from '../frame/job.ts';
import { nextMakeUp } from '../schedule/missing-hour.ts';
import { askDoctors } from './doctors.ts';
import type { FleetPlace } from './place.ts';

export async function check(
  context: JobContext,
  place: FleetPlace,
  { withDoctor }: { readonly withDoctor: boolean },
): Promise<ExitCode> {
  const { print } = context;
  const folder = place.read();
  const config = place.config();
  const { url } = config;
  // It only reads expressions; nothing is opened.
  const engine = await openEngine(new FleetDatabase(url), 'client');
  const now = new Date();
  const limits = await readLimits(url, print);
  const faults = new Map(checkSites(folder, limits ?? new Map()));
  for (const site of folder.sites) {
    const found = timeFaults(engine, site, now);
    if (found.length > 0) faults.set(site.name, [...(faults.get(site.name) ?? []), ...found]);
  }
  for (const [site, sentences] of [...faults].sort(([one], [other]) => (one < other ? -1 : 1))) {
    print(`${site}:`);
    for (const sentence of sentences) print(`  ${sentence}`);
  }
  for (const note of skippedNights(
    folder.sites.filter(({ name }) => !faults.has(name)),
    now,
  ))
    print(note);
  for (const zone of new Set(folder.sites.map((site) => site.zone))) {
    if (limits !== null && !limits.has(zone)) print(noLimit(zone));
  }
  const all = folder.sites.length + folder.invalid.length;
  const end = faults.size === 0 ? 'all of them fit.' : `${counted(faults.size, 'site')} must be corrected.`;
  print(`${counted(all, 'site')} in ${place.folder}; ${end}`);
  const exitCode = faults.size === 0 ? exitCodes.done : exitCodes.usage;
  return withDoctor ? worseOf(exitCode, await askDoctors(context, place, config)) : exitCode;
}

const noLimit = (zone: string): string =>
  `Zone ${zone} has no limit yet: its first call sets it to RATE_LIMIT of that site. Set it: \`fleet rate ${zone} --calls 7500 --window 5m\`.`;

/** By zone; null where the fleet database cannot say, which is no fault of a site. */
async function readLimits(url: Secret, print: JobContext['print']): Promise<Map<string, SharedLimit> | null> {
  const database = new FleetDatabase(url);
  try {
    await database.assertReady();
    const addresses = await new FleetStore(database).addresses();
    return new Map(addresses.map(({ address, calls, window_ms }) => [address, { calls, windowMs: window_ms }]));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    print(`RATE_LIMIT of the sites was compared with no shared limit: ${error.message}`);
    return null;
  } finally {
    await database.close();
  }
}

function timeFaults(engine: Engine, { nightly, intraday, timeZone }: FleetSite, now: Date): string[] {
  const given = { FLEET_NIGHTLY: nightly, FLEET_INTRADAY: intraday };
  return Object.entries(given).flatMap(([name, expression]) => {
    if (expression === null) return [];
    try {
      dueTimes(engine, expression, timeZone, now, 0);
      return [];
    } catch {
      return [`${name} is ${JSON.stringify(expression)}; expected a cron expression such as 15 2 * * *.`];
    }
  });
}

/** Allowed, and worth knowing. */
function skippedNights(sites: readonly FleetSite[], now: Date): string[] {
  const groups = new Map<string, FleetSite[]>();
  for (const site of sites) {
    const key = `${site.nightly} in ${site.timeZone}`;
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  return [...groups].flatMap(([key, [first, ...others]]) => {
    if (first === undefined) return [];
    const at = nextMakeUp(first.nightly, first.timeZone, now);
    if (at === null) return [];
    const who = others.length === 0 ? first.name : `${first.name} and ${counted(others.length, 'other site')}`;
    return [`${key} (${who}): clocks skip that time on ${minuteOf(at)}; that night starts as much later.`];
  });
}
