/** `fleet work`: one worker of a fleet, in the foreground. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import type { FleetSite, SiteFolder } from '../../src/config/fleet/site-folder.ts';
import { unreadableFolder } from '../../src/decide/fleet/troubles.ts';
import { DatabaseFault, exitCodes, type ExitCode, Fault, UsageFault } from '../../src/fault.ts';
import { type Engine, openEngine, queueOf, startEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { FleetStore } from '../../src/fleet/fleet-store.ts';
import { Outages } from '../../src/fleet/outages.ts';
import { Planner } from '../../src/fleet/planner.ts';
import { programLedgerVersion } from '../../src/ledger/run/migrate.ts';
import { packageVersion } from '../../src/package-root.ts';
import type { JobContext } from '../frame/job.ts';
import { doJob } from './night.ts';
import type { FleetPlace, FleetSession } from './place.ts';
import type { SiteProcess } from './site-process.ts';
import { FleetWatch } from './watch.ts';
import { WorkerClock } from './worker-clock.ts';

interface WorkAsked {
  readonly zone: string | null;
  readonly slots: number | null;
  /** How long running jobs may go on after the signal. */
  readonly drainMs: number;
}

const lookEveryMs = 60_000;
/** A disk that comes back, or a clock that is set, is noticed sooner. */
const lookSoonMs = 5_000;
const pollSeconds = 2;

/** A child ends within ten seconds of its signal. */
const childEndMs = 10_000;

export async function work(context: JobContext, place: FleetPlace, asked: WorkAsked): Promise<ExitCode> {
  const given = place.config();
  const config = { ...given, zone: asked.zone ?? given.zone, slots: asked.slots ?? given.slots };
  await makeReportFolder(config.reportDir);
  const database = new FleetDatabase(config.url);
  try {
    await database.assertReady();
    const engine = await openEngine(database, 'worker', config.heartbeatMs);
    let saidAt = -Infinity;
    const noteAway = (error: unknown): void => {
      // Every slot asks every two seconds.
      if (performance.now() - saidAt < lookEveryMs) return;
      saidAt = performance.now();
      context.log('fleet_database_away', { code: codeOf(error) });
    };
    engine.on('error', noteAway);
    await startEngine(engine);
    context.allowShutdown(asked.drainMs + childEndMs);
    const tables = { store: new FleetStore(database), outages: new Outages(database) };
    return await new Worker(context, place, config, engine, tables, noteAway).run(asked.drainMs);
  } finally {
    await database.close();
  }
}

async function makeReportFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageFault(`FLEET_REPORT_DIR is ${folder}, which cannot be made (${code}); expected a folder.`, {
      cause: error,
    });
  }
}

const codeOf = (error: unknown): string => {
  if (error instanceof DatabaseFault) return error.code;
  return error instanceof Fault ? error.reason : 'unavailable';
};

class Worker {
  readonly #context: JobContext;
  readonly #place: FleetPlace;
  readonly #config: WorkerConfig;
  readonly #engine: Engine;
  readonly #store: FleetStore;
  readonly #outages: Outages;
  readonly #noteAway: (error: unknown) => void;
  readonly #planner: Planner;
  readonly #watch: FleetWatch;
  readonly #clock: WorkerClock;
  readonly #name = `${hostname()}:${process.pid}`;
  readonly #running = new Set<SiteProcess>();
  /** A newer program has used the ledgers, and this one would be refused there. */
  readonly #outdated = new AbortController();
  /** As it was last read. */
  #folder: SiteFolder = { sites: [], invalid: [], digest: '' };
  #hasFolder = true;
  #isFetching = false;
  #isEnding = false;
  #nextLook: NodeJS.Timeout | undefined;
  #hasStoppedJobs = false;
  #sites: ReadonlyMap<string, FleetSite> = new Map();
  readonly #complained = new Set<string>();

  constructor(
    context: JobContext,
    place: FleetPlace,
    config: WorkerConfig,
    engine: Engine,
    { store, outages }: Omit<FleetSession, 'engine'>,
    noteAway: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#place = place;
    this.#config = config;
    this.#engine = engine;
    this.#store = store;
    this.#outages = outages;
    this.#noteAway = noteAway;
    this.#watch = new FleetWatch(context, config, store, outages);
    this.#clock = new WorkerClock(store, context.log);
    this.#planner = new Planner(engine, store, config.heartbeatMs, (site, says) => {
      this.#complain(site, says);
    });
  }

  async run(drainMs: number): Promise<ExitCode> {
    const { log, noteReason, signal } = this.#context;
    const { zone, slots } = this.#config;
    this.#readFolder();
    await this.#planner.makeQueue(zone);
    log('fleet_worker_started', { worker: this.#name, zone, slots, sites: this.#folder.sites.length });
    // A second signal ends the worker at once.
    process.once('exit', this.#stopAll);
    const closeMetrics = await this.#watch.serve();
    await this.#look();
    await this.#fetch();
    const stop = AbortSignal.any([signal, this.#outdated.signal]);
    if (!stop.aborted) await once(stop, 'abort');
    this.#isEnding = true;
    clearTimeout(this.#nextLook);
    await this.#end(drainMs);
    await closeMetrics();
    if (!signal.aborted) {
      log('fleet_worker_outdated', { version: packageVersion });
      noteReason('newer_ledger');
      return exitCodes.refused;
    }
    return this.#hasStoppedJobs ? exitCodes.stopped : exitCodes.done;
  }

  /** Why no job may start here; null while all is well. */
  #obstacle(): string | null {
    if (!this.#hasFolder) return 'The folder of sites cannot be read; nothing new starts until it is back.';
    if (this.#clock.isWrong) return "This machine's clock is wrong; nothing new starts until it is set.";
    return null;
  }

  async #fetch(): Promise<void> {
    const { zone, slots, groupSlots } = this.#config;
    if (this.#isFetching === (this.#obstacle() === null) || this.#isEnding) return;
    if (this.#isFetching) {
      await this.#engine.offWork(queueOf(zone), { wait: false });
      this.#isFetching = false;
      return;
    }
    await this.#engine.work(
      queueOf(zone),
      { batchSize: 1, localConcurrency: slots, groupConcurrency: groupSlots, pollingIntervalSeconds: pollSeconds },
      async (jobs) => {
        for (const { id, data } of jobs) await doJob(this.#room(), id, data);
      },
    );
    this.#isFetching = true;
  }

  /** Fetches nothing more. What runs may end by itself for a while, then is stopped; the engine starts it elsewhere. */
  async #end(drainMs: number): Promise<void> {
    const timer = setTimeout(this.#stopAll, drainMs);
    try {
      // Nobody waits for a sign of life from one that takes nothing more.
      await this.#store.forgetWorker(this.#name);
      await this.#engine.stop({ graceful: true, close: false, timeout: drainMs + childEndMs - 1_000 });
      await this.#store.forgetWorker(this.#name);
    } catch (error) {
      this.#noteAway(error);
    } finally {
      clearTimeout(timer);
      this.#stopAll();
    }
  }

  readonly #stopAll = (): void => {
    if (this.#running.size > 0) this.#hasStoppedJobs = true;
    for (const child of this.#running) child.stop();
  };

  #room(): Parameters<typeof doJob>[0] {
    return {
      context: this.#context,
      config: this.#config,
      engine: this.#engine,
      store: this.#store,
      outages: this.#outages,
      folder: this.#place.folder,
      worker: this.#name,
      siteNamed: (name) => this.#sites.get(name),
      clock: this.#clock,
      lookAgain: () => {
        this.#readFolderAgain();
        this.#lookLater();
        return this.#fetch();
      },
      running: this.#running,
    };
  }

  /** Once a minute: the folder, this worker's sign of life, and what is due. */
  async #look(): Promise<void> {
    await this.#lookOnce();
    this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#nextLook);
    if (this.#isEnding) return;
    this.#nextLook = setTimeout(() => void this.#look(), this.#obstacle() === null ? lookEveryMs : lookSoonMs);
  }

  async #lookOnce(): Promise<void> {
    const { zone, slots } = this.#config;
    this.#readFolderAgain();
    const { sites, digest } = this.#folder;
    const invalid = this.#folder.invalid.map(({ name }) => name);
    const ledgerVersion = programLedgerVersion();
    try {
      await this.#clock.compare();
      const untimed = this.#hasFolder ? await this.#planner.plan(sites, invalid, this.#clock.now()) : [];
      await this.#store.noteWorker({
        ...{ name: this.#name, zone, version: packageVersion, slots, ledgerVersion, invalid: [...invalid, ...untimed] },
        clockAheadMs: this.#clock.aheadMs,
        digest: this.#hasFolder ? digest : unreadableFolder,
      });
      if ((await this.#store.workers()).some((one) => one.ledger_version > ledgerVersion)) this.#outdated.abort();
      await this.#fetch();
      await this.#watch.look(this.#clock.now(), this.#obstacle());
    } catch (error) {
      this.#watch.noteAway();
      this.#noteAway(error);
    }
  }

  /** A folder that has gone is no fault of the database; its disk may come back. */
  #readFolderAgain(): void {
    const { log } = this.#context;
    try {
      this.#readFolder();
      if (!this.#hasFolder) log('fleet_folder_readable', { sites: this.#folder.sites.length });
      this.#hasFolder = true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (this.#hasFolder) log('fleet_folder_unreadable', { says: error.message.replace(/\.$/, '') });
      this.#hasFolder = false;
    }
  }

  #readFolder(): void {
    this.#folder = this.#place.read();
    for (const { name, faults } of this.#folder.invalid) this.#complain(name, faults.join(' '));
    this.#sites = new Map(this.#folder.sites.map((site) => [site.name, site]));
  }

  #complain(site: string, says: string): void {
    if (this.#complained.has(`${site} ${says}`)) return;
    this.#complained.add(`${site} ${says}`);
    this.#context.log('fleet_site_invalid', { site, says: says.replace(/\.$/, '') });
  }
}
