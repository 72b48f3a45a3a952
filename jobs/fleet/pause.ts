/** `fleet pause` and `resume`: nothing of some sites starts for a while. `fleet rate`: the budgets of client addresses. */
import { DateTime } from 'luxon';
import { duration } from '../../src/config/format/formats.ts';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import { minuteOf } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { askedBy, type FleetPlace, withFleet } from './place.ts';
import { addressInWords } from './status.ts';

interface Scope {
  readonly sites: readonly string[];
  readonly zone: string | null;
  readonly all: boolean;
}

interface PauseAsked extends Scope {
  readonly until: string | null;
  readonly because: string | null;
}

const longestMs = 31 * 86_400_000;

export async function pause({ print }: JobContext, place: FleetPlace, asked: PauseAsked): Promise<ExitCode> {
  const { until, because } = asked;
  if (until === null || because === null) {
    throw new UsageFault('fleet pause needs --until, such as 8h or 2026-03-02T08:00:00Z, and --because with a reason.');
  }
  const at = readUntil(until, new Date());
  const scopes = scopesOf(place, asked);
  assertZoneHasSites(place, asked.zone);
  return withFleet(place.config(), async ({ store }) => {
    for (const scope of scopes) {
      await store.pause(scope, at, because, askedBy());
      print(`${scope} is paused until ${minuteOf(at)}. What runs goes on.`);
    }
    return exitCodes.done;
  });
}

export async function resume({ print }: JobContext, place: FleetPlace, asked: Scope): Promise<ExitCode> {
  const scopes = scopesOf(place, asked);
  return withFleet(place.config(), async ({ store, outages }) => {
    // Named sites go on with their zone.
    const zones = asked.all || asked.zone !== null ? await outages.drop(asked.zone) : [];
    for (const zone of zones) print(`Zone ${zone} waits no longer for Redox.`);
    for (const scope of scopes) {
      const wasPaused = await store.resume(scope);
      if (wasPaused || zones.length === 0) print(`${scope} ${wasPaused ? 'goes on.' : 'was not paused.'}`);
    }
    return exitCodes.done;
  });
}

function scopesOf(place: FleetPlace, { sites, zone, all }: Scope): string[] {
  if ([sites.length > 0, zone !== null, all].filter(Boolean).length !== 1) {
    throw new UsageFault('Name sites, --zone or --all: exactly one of them.');
  }
  if (all) return ['all'];
  if (zone !== null) return [`zone:${zone}`];
  const known = place.read().sites.map(({ name }) => name);
  const unknown = sites.find((site) => !known.includes(site));
  if (unknown !== undefined) throw new UsageFault(`The folder has no valid site ${unknown}.`);
  return sites.map((site) => `site:${site}`);
}

/** A misspelt zone would pause nothing. */
function assertZoneHasSites(place: FleetPlace, zone: string | null): void {
  const zones = [...new Set(place.read().sites.map((site) => site.zone))].sort();
  if (zone === null || zones.includes(zone)) return;
  throw new UsageFault(`The folder has no site in zone ${zone}; its zones are ${zones.join(', ')}.`);
}

function readUntil(text: string, now: Date): Date {
  const length = duration(60_000, longestMs).safeParse(text);
  if (length.success) return new Date(now.getTime() + length.data);
  const moment = DateTime.fromISO(text, { setZone: true });
  const at = moment.toJSDate();
  if (moment.isValid && /(Z|[+-]\d\d:?\d\d)$/i.test(text) && at > now && at.getTime() - now.getTime() <= longestMs)
    return at;
  throw new UsageFault(
    `--until takes a duration such as 8h or a date-time with zone, within 31 days, not ${JSON.stringify(text)}.`,
  );
}

interface RateAsked {
  readonly address: string | null;
  readonly calls: number | null;
  readonly window: number | null;
  readonly pause: number | null;
}

export async function rate({ print }: JobContext, place: FleetPlace, asked: RateAsked): Promise<ExitCode> {
  const { address, calls, window, pause } = asked;
  if (address === null && [calls, window, pause].some((one) => one !== null)) {
    throw new UsageFault('fleet rate takes the address first, such as fleet rate default --calls 7500 --window 5m.');
  }
  return withFleet(place.config(), async ({ store }) => {
    if (address !== null && (calls !== null || window !== null)) {
      if (calls === null || window === null) throw new UsageFault('fleet rate takes --calls and --window together.');
      await store.setBudget(address, calls, window);
    }
    if (address !== null && pause !== null) {
      const isKnown = await store.pauseAddress(address, pause);
      if (!isKnown) throw new UsageFault(`No address ${address} has a budget; fleet rate lists those that have.`);
    }
    const addresses = (await store.addresses()).filter((one) => address === null || one.address === address);
    if (addresses.length === 0) print('No address has a budget yet; the first call of a site makes it.');
    for (const one of addresses) print(addressInWords(one));
    return exitCodes.done;
  });
}
