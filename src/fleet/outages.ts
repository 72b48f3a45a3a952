/** Outages of zones, in the fleet database, so that they outlive any worker (`sql/fleet/outage.sql`). */
import type { NightEnd } from '../decide/fleet/night-end.ts';
import { breakReasons, isBreak, isLasting, isWell, type Outage, pauseAfter, startIn } from '../decide/fleet/outage.ts';
import { statement } from '../postgres/sql-file.ts';
import type { FleetDatabase } from './fleet-database.ts';

export interface OutageRow {
  readonly zone: string;
  readonly step: number;
  readonly until_at: Date;
  readonly probe: string | null;
  readonly probe_at: Date | null;
  readonly over_at: Date | null;
}

interface ZoneSite {
  readonly name: string;
  readonly zone: string;
}

/** An attempt that another worker's decision has overtaken looks again. */
const claimAgainMs = 1_000;

export class Outages {
  readonly #database: FleetDatabase;

  constructor(database: FleetDatabase) {
    this.#database = database;
  }

  all(): Promise<OutageRow[]> {
    return this.#database.run<OutageRow>(statement('fleet/outage/read_outages'));
  }

  /** Null if the night of a site may start now; else not before that time. */
  async putOffUntil({ name, zone }: ZoneSite, now: Date): Promise<Date | null> {
    const outage = await this.#of(zone);
    const start = startIn(outage, name, now);
    if (start === 'freely') return null;
    if (start !== 'first') return start;
    const until = outage?.until ?? now;
    const claimed = await this.#database.run(statement('fleet/outage/claim_probe'), [zone, name, until]);
    return claimed.length > 0 ? null : new Date(now.getTime() + claimAgainMs);
  }

  /** Takes in how a night ended. Gives the end of the pause that begins with it. */
  async note({ name, zone }: ZoneSite, end: NightEnd, now: Date): Promise<Date | null> {
    if (isWell(end)) {
      await this.#database.run(statement('fleet/outage/note_outage_over'), [zone]);
      return null;
    }
    if (!isBreak(end)) return null;
    const outage = await this.#of(zone);
    const breaks = await this.#database.run<{ site: string; ended_at: Date }>(statement('fleet/outage/read_breaks'), [
      zone,
      breakReasons,
    ]);
    const pause = pauseAfter(
      outage,
      name,
      breaks.map(({ site, ended_at }) => ({ site, endedAt: ended_at })),
      now,
    );
    if (pause === null) return null;
    const asked = [zone, pause.step, pause.until, outage?.until ?? null];
    const begun = await this.#database.run(statement('fleet/outage/begin_outage'), asked);
    return begun.length > 0 ? pause.until : null;
  }

  /** A person ends those of a zone, or of all. Gives the zones. */
  async drop(zone: string | null): Promise<string[]> {
    const dropped = await this.#database.run<{ zone: string }>(statement('fleet/outage/drop_outage'), [zone]);
    return dropped.map((row) => row.zone);
  }

  async #of(zone: string): Promise<Outage | null> {
    const row = (await this.all()).find((one) => one.zone === zone);
    return row === undefined ? null : outageIn(row);
  }
}

const outageIn = ({ step, until_at, probe, probe_at, over_at }: OutageRow): Outage => ({
  ...{ step, until: until_at, probe, probeAt: probe_at, overAt: over_at },
});

/** Zones whose nights wait. */
export const zonesInOutage = (rows: readonly OutageRow[]): OutageRow[] =>
  rows.filter((row) => isLasting(outageIn(row)));
