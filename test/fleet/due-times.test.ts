import { DateTime } from 'luxon';
import { beforeAll, describe, expect, test } from 'vitest';
import { dueTimes } from '../../src/fleet/due-times.ts';
import { type Engine, openEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { Secret } from '../../src/secret.ts';

/** Due times on the days on which clocks change, against the tz database as luxon reads it. */

const minuteMs = 60_000;
const zones = Intl.supportedValuesOf('timeZone');
/** Their clocks change by two hours, by half an hour, and at a quarter to three. */
const unusual = ['Antarctica/Troll', 'Australia/Lord_Howe', 'Pacific/Chatham'];
/** Those, and every third of the others whose clocks change. */
const changing = zones
  .filter((zone) => changesIn(zone).length === 2)
  .filter((zone, at) => unusual.includes(zone) || at % 3 === 0);
/** The instants of 2027 at which the clocks of a zone change. */
function changesIn(zone: string): number[] {
  const offsetAt = (ms: number): number => DateTime.fromMillis(ms, { zone }).offset;
  const start = Date.UTC(2027, 0, 1);
  const days = Array.from({ length: 365 }, (_, day) => start + day * 86_400_000);
  return days
    .filter((day) => offsetAt(day) !== offsetAt(day + 86_400_000))
    .map((day) => {
      let [low, high] = [day, day + 86_400_000];
      while (high - low > minuteMs) {
        const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
        if (offsetAt(middle) === offsetAt(low)) low = middle;
        else high = middle;
      }
      return high;
    });
}

/** The instants that show the time on a day, or if none does, the one that is as much later as the clocks skip. */
function instants(zone: string, change: number, hour: number, minute: number): number[] {
  const { year, month, day } = DateTime.fromMillis(change, { zone });
  const offsets = [change - minuteMs, change].map((ms) => DateTime.fromMillis(ms, { zone }).offset);
  const shown = Date.UTC(year, month - 1, day, hour, minute);
  const [early = 0, late = 0] = offsets.map((offset) => shown - offset * minuteMs);
  const showing = [early, late].filter((ms) => {
    const here = DateTime.fromMillis(ms, { zone });
    return here.hour === hour && here.minute === minute;
  });
  return showing.length === 0 ? [early] : showing;
}

describe('a due time on a day on which clocks change', () => {
  let engine: Engine;
  beforeAll(async () => {
    // It only reads expressions; nothing is opened.
    engine = await openEngine(new FleetDatabase(new Secret('postgres://nowhere')), 'client');
  });

  test('there are zones to look at', () => {
    expect(changing.length).toBeGreaterThan(20);
  });

  test.each(changing)('is met once in %s', (zone) => {
    for (const change of changesIn(zone)) {
      // From the evening before, because in some zones midnight is the hour that is skipped or repeated.
      const noon = DateTime.fromMillis(change, { zone }).set({ hour: 12 }).toMillis();
      for (let time = 0; time < 240; time += 15) {
        const [hour, minute] = [Math.floor(time / 60), time % 60];
        const due: number[] = [];
        for (let now = new Date(noon - 16 * 3_600_000); ;) {
          const { next } = dueTimes(engine, `${minute} ${hour} * * *`, zone, now, 0);
          if (next === null || next.getTime() > noon) break;
          due.push(next.getTime());
          now = next;
        }
        const at = `${hour}:${minute}`;
        expect(due, at).toHaveLength(1);
        expect(instants(zone, change, hour, minute), at).toContain(due[0]);
      }
    }
  });
});
