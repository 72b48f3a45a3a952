/** `fleet check`: every site's settings at once; nothing is started and no secret is shown. */
import { checkSites } from '../../src/config/fleet/check-sites.ts';
import type { FleetSite } from '../../src/config/fleet/site-folder.ts';
import { exitCodes, type ExitCode } from '../../src/fault.ts';
import { dueTimes } from '../../src/fleet/due-times.ts';
import { type Engine, openEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { counted, minuteOf } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { nextMakeUp } from '../schedule/missing-hour.ts';
import type { FleetPlace } from './place.ts';

export async function check({ print }: JobContext, place: FleetPlace): Promise<ExitCode> {
  const folder = place.read();
  const { url } = place.config();
  // It only reads expressions; nothing is opened.
  const engine = await openEngine(new FleetDatabase(url), 'client');
  const now = new Date();
  const faults = new Map(checkSites(folder));
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
  const all = folder.sites.length + folder.invalid.length;
  const end = faults.size === 0 ? 'all of them fit.' : `${counted(faults.size, 'site')} must be corrected.`;
  print(`${counted(all, 'site')} in ${place.folder}; ${end}`);
  return faults.size === 0 ? exitCodes.done : exitCodes.usage;
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
    return [`${key} (${who}): clocks skip that time on ${minuteOf(at)}; that night starts an hour later.`];
  });
}
