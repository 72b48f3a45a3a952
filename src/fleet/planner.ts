/**
 * Gives the engine what is due. Every worker does this once a minute: a due time has one id, so the engine takes it once. A due time that
 * passed while no worker ran is made up for, once, within the site's FLEET_CATCH_UP.
 */
import type { FleetSite } from '../config/fleet/site-folder.ts';
import { jobIdOf } from '../decide/fleet/job-id.ts';
import { dueTimes } from './due-times.ts';
import { type Engine, priorities, queueOf, queueOptions } from './engine.ts';
import type { FleetStore, SiteRow } from './fleet-store.ts';

type PlannedSite = Omit<FleetSite, 'envFiles' | 'until'>;

/** What is wrong with a site's expression. */
type OnInvalid = (site: string, why: string) => void;

export class Planner {
  readonly #engine: Engine;
  readonly #store: FleetStore;
  readonly #heartbeatMs: number;
  readonly #onInvalid: OnInvalid;
  readonly #zones = new Set<string>();
  /** The last id given to the engine, by site and job. */
  readonly #given = new Map<string, string>();

  constructor(engine: Engine, store: FleetStore, heartbeatMs: number, onInvalid: OnInvalid) {
    this.#engine = engine;
    this.#store = store;
    this.#heartbeatMs = heartbeatMs;
    this.#onInvalid = onInvalid;
  }

  /** Gives the sites with a wrong expression. */
  async plan(sites: readonly PlannedSite[], invalid: readonly string[], now: Date): Promise<string[]> {
    for (const { zone } of sites) await this.makeQueue(zone);
    const timed = sites.flatMap((site) => this.#timesOf(site, now));
    const nextDue = new Map(timed.flatMap(({ site, job, next }) => (job === 'nightly' ? [[site.name, next]] : [])));
    await this.#store.knowSites(
      sites.map((site) => ({ ...site, nextDue: nextDue.get(site.name) ?? null })),
      invalid,
    );
    const known = new Map((await this.#store.sites()).map((row) => [row.site, row]));
    for (const { site, job, last } of timed) {
      const row = known.get(site.name);
      if (last !== null && row !== undefined && mayStart(row, last)) await this.#give(site, job, last);
    }
    return sites.flatMap((site) => (timed.some((one) => one.site === site) ? [] : [site.name]));
  }

  async makeQueue(zone: string): Promise<void> {
    if (this.#zones.has(zone)) return;
    await this.#engine.createQueue(queueOf(zone), queueOptions(this.#heartbeatMs));
    this.#zones.add(zone);
  }

  #timesOf(site: PlannedSite, now: Date): { site: PlannedSite; job: string; last: Date | null; next: Date | null }[] {
    const jobs = [
      ['nightly', site.nightly],
      ['intraday', site.intraday],
    ] as const;
    try {
      return jobs.flatMap(([job, expression]) =>
        expression === null
          ? []
          : [{ site, job, ...dueTimes(this.#engine, expression, site.timeZone, now, site.catchUpMs) }],
      );
    } catch {
      this.#onInvalid(site.name, 'FLEET_NIGHTLY or FLEET_INTRADAY is no cron expression');
      return [];
    }
  }

  async #give({ name, zone, group }: PlannedSite, job: string, due: Date): Promise<void> {
    const id = jobIdOf(name, job, due);
    if (this.#given.get(`${name}|${job}`) === id) return;
    await this.#engine.send(
      queueOf(zone),
      { site: name, job, due: due.toISOString(), flags: [], askedBy: null },
      { id, priority: priorities[job] ?? 0, group: { id: group } },
    );
    this.#given.set(`${name}|${job}`, id);
  }
}

/** What was due before the fleet knew the site is not made up for. */
const mayStart = ({ known_since, paused_until }: SiteRow, due: Date): boolean =>
  due >= known_since && paused_until === null;
