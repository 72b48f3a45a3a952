/** What a fleet records of its sites, workers and nights (`sql/fleet/site.sql`). */
import type { FleetSite } from '../config/fleet/site-folder.ts';
import type { FleetChange } from '../decide/fleet/changes-in-words.ts';
import { type NightEnd, judgeSite, reasonOf } from '../decide/fleet/night-end.ts';
import { statement } from '../postgres/sql-file.ts';
import { queuePrefix } from './engine.ts';
import type { FleetDatabase } from './fleet-database.ts';

export interface SiteRow {
  readonly site: string;
  readonly zone: string;
  readonly site_group: string;
  readonly time_zone: string;
  /** A cron expression in that zone. */
  readonly nightly: string;
  readonly known_since: Date;
  readonly state: string;
  readonly since: Date;
  readonly failures: number;
  readonly next_due_at: Date | null;
  readonly running_on: string | null;
  readonly running_since: Date | null;
  readonly ended_at: Date | null;
  readonly exit_code: number | null;
  readonly reason: string | null;
  readonly run_id: string | null;
  readonly took_ms: number | null;
  readonly accepted: number | null;
  readonly open_calls: number | null;
  readonly waiting: number | null;
  readonly nights_left: number | null;
  readonly person_lines: number | null;
  readonly findable_share: number | null;
  readonly clean_at: Date | null;
  readonly paused_until: Date | null;
}

export interface WorkerRow {
  readonly worker: string;
  readonly zone: string;
  readonly version: string;
  readonly ledger_version: number;
  readonly slots: number;
  readonly folder_digest: string;
  readonly invalid_sites: string[];
  readonly clock_ahead_ms: number;
  readonly started_at: Date;
  readonly seen_at: Date;
  readonly lives: boolean | null;
}

export interface AddressRow {
  readonly address: string;
  readonly calls: number;
  readonly window_ms: number;
  readonly paused_until: Date | null;
  readonly paused_why: string | null;
  readonly used: number | null;
  /** Until the next call may leave. */
  readonly wait_s: number | null;
}

interface PauseRow {
  readonly scope: string;
  readonly until_at: Date;
  readonly because: string;
  readonly by_whom: string;
  readonly since: Date;
}

export interface QueueRow {
  readonly zone: string | null;
  readonly waiting: number | null;
  readonly oldest_s: number | null;
}

export interface LateRow {
  readonly site: string | null;
  readonly late_s: number | null;
}

/** Everything that is shown of a fleet but its outages. Free of patients' ids and secrets. */
export interface FleetRows {
  readonly sites: readonly SiteRow[];
  readonly workers: readonly WorkerRow[];
  readonly addresses: readonly AddressRow[];
  readonly pauses: readonly PauseRow[];
  readonly queue: readonly QueueRow[];
  readonly late: readonly LateRow[];
}

export interface EndRow {
  readonly job_id: string;
  readonly exit_code: number | null;
  readonly reason: string | null;
}

interface Started {
  readonly nightId: string;
  readonly jobId: string;
  readonly site: string;
  readonly job: string;
  readonly due: Date | null;
  readonly worker: string;
  readonly askedBy: string | null;
}

/** What summary.json of a run counts, by the columns of a site. */
export interface NightCounts {
  readonly accepted: number;
  readonly open_calls: number;
  readonly waiting: number;
  readonly nights_left: number | null;
  readonly person_lines: number;
  readonly findable_share: number | null;
}

interface Ended extends NightEnd {
  readonly nightId: string;
  readonly site: string;
  readonly job: string;
  readonly runId: string | null;
  readonly tookMs: number;
  /** Null without reports. */
  readonly counts: NightCounts | null;
}

/** As the folder has it. */
type KnownSite = Pick<FleetSite, 'name' | 'zone' | 'group' | 'timeZone' | 'nightly'> & {
  readonly nextDue: Date | null;
};

interface Worker {
  readonly name: string;
  readonly zone: string;
  readonly version: string;
  readonly slots: number;
  readonly digest: string;
  readonly ledgerVersion: number;
  readonly invalid: readonly string[];
  readonly clockAheadMs: number;
}

export class FleetStore {
  readonly #database: FleetDatabase;

  constructor(database: FleetDatabase) {
    this.#database = database;
  }

  async clock(): Promise<Date> {
    const [now] = await this.#database.run<{ at: Date }>(statement('fleet/site/read_clock'));
    if (now === undefined) throw new Error('the fleet database told no time');
    return now.at;
  }

  async noteWorker(worker: Worker): Promise<void> {
    const { name, zone, version, slots, digest, ledgerVersion, invalid, clockAheadMs } = worker;
    const noted = [name, zone, version, slots, digest, ledgerVersion, invalid, clockAheadMs];
    await this.#database.run(statement('fleet/site/note_worker'), noted);
    await this.#database.run(statement('fleet/site/forget_old'));
  }

  async forgetWorker(name: string): Promise<void> {
    await this.#database.run(statement('fleet/site/forget_worker'), [name]);
  }

  /** `invalid` ones are in the folder, and left out by this worker. */
  async knowSites(sites: readonly KnownSite[], invalid: readonly string[] = []): Promise<void> {
    const names = sites.map(({ name }) => name);
    await this.#database.run(statement('fleet/site/know_sites'), [
      names,
      sites.map(({ zone }) => zone),
      sites.map(({ group }) => group),
      sites.map(({ timeZone }) => timeZone),
      sites.map(({ nightly }) => nightly),
      sites.map(({ nextDue }) => nextDue?.toISOString() ?? null),
    ]);
    await this.#database.run(statement('fleet/site/forget_sites'), [[...names, ...invalid]]);
  }

  async begin({ nightId, jobId, site, job, due, worker, askedBy }: Started): Promise<void> {
    await this.#database.run(statement('fleet/site/begin_night'), [nightId, jobId, site, job, due, worker, askedBy]);
  }

  async end(ended: Ended): Promise<void> {
    const { nightId, site, job, exitCode, runId, tookMs, counts } = ended;
    const reason = reasonOf(ended);
    const counted = counts === null ? null : JSON.stringify(counts);
    await this.#database.run(statement('fleet/site/end_night'), [nightId, exitCode, reason, runId, counted]);
    if (job !== 'nightly' && job !== 'intraday') return;
    const { state, isFailure } = judgeSite(ended);
    await this.#database.run(statement('fleet/site/note_site_end'), [
      site,
      state,
      isFailure,
      exitCode,
      reason,
      runId,
      Math.round(tookMs),
      counted,
      job === 'nightly',
    ]);
  }

  sites(): Promise<SiteRow[]> {
    return this.#database.run<SiteRow>(statement('fleet/site/read_sites'), [queuePrefix]);
  }

  workers(): Promise<WorkerRow[]> {
    return this.#database.run<WorkerRow>(statement('fleet/site/read_workers'));
  }

  addresses(): Promise<AddressRow[]> {
    return this.#database.run<AddressRow>(statement('fleet/site/read_addresses'));
  }

  pauses(): Promise<PauseRow[]> {
    return this.#database.run<PauseRow>(statement('fleet/site/read_pauses'));
  }

  queue(): Promise<QueueRow[]> {
    return this.#database.run<QueueRow>(statement('fleet/site/read_queue'), [queuePrefix]);
  }

  late(): Promise<LateRow[]> {
    return this.#database.run<LateRow>(statement('fleet/site/read_late'), [queuePrefix]);
  }

  ends(jobIds: readonly string[]): Promise<EndRow[]> {
    return this.#database.run<EndRow>(statement('fleet/site/read_ends'), [jobIds]);
  }

  async pause(scope: string, until: Date, because: string, byWhom: string): Promise<void> {
    await this.#database.run(statement('fleet/site/pause_scope'), [scope, until, because, byWhom]);
  }

  /** False where there was no such pause. */
  async resume(scope: string): Promise<boolean> {
    return (await this.#database.run(statement('fleet/site/resume_scope'), [scope])).length > 0;
  }

  async setBudget(address: string, calls: number, windowMs: number): Promise<void> {
    await this.#database.run(statement('fleet/site/set_budget'), [address, calls, windowMs]);
  }

  /** False where the address has no budget. */
  async pauseAddress(address: string, forMs: number): Promise<boolean> {
    return (await this.#database.run(statement('fleet/site/pause_address'), [address, forMs])).length > 0;
  }

  async noteTroubles(troubles: readonly { readonly reason: string; readonly subject: string }[]): Promise<void> {
    await this.#database.run(statement('fleet/site/note_trouble'), [
      troubles.map(({ reason }) => reason),
      troubles.map(({ subject }) => subject),
    ]);
  }

  takeChanges(afterMs: number): Promise<(FleetChange & { readonly change_id: number })[]> {
    return this.#database.run<FleetChange & { readonly change_id: number }>(statement('fleet/site/take_changes'), [
      afterMs,
    ]);
  }

  async returnChanges(ids: readonly number[]): Promise<void> {
    await this.#database.run(statement('fleet/site/return_changes'), [ids.map(String)]);
  }
}
