/**
 * The engine: pg-boss 12 in the fleet's database. It gives each job to one worker, notices a worker that died, and starts the job again
 * elsewhere. It is an optional dependency, because it needs Node 22.12: only the functions that are used are declared, and it is loaded
 * when a fleet runs.
 */
import { Fault, UsageFault } from '../fault.ts';
import type { FleetDatabase } from './fleet-database.ts';

/** What a job is: names, a time and flags. Never a row, a call or a setting of a site. */
export interface FleetJob {
  readonly site: string;
  readonly job: string;
  /** ISO 8601; null for a job asked for by hand. */
  readonly due: string | null;
  readonly flags: readonly string[];
  readonly askedBy: string | null;
}

interface QueueOptions {
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryBackoff: boolean;
  readonly retryDelayMax: number;
  readonly expireInSeconds: number;
  readonly heartbeatSeconds: number;
  readonly retentionSeconds: number;
  readonly deleteAfterSeconds: number;
}

interface SendOptions {
  readonly id: string;
  readonly priority: number;
  readonly group: { readonly id: string };
  readonly startAfter?: Date;
  readonly retryLimit?: number;
}

interface EngineJob {
  readonly id: string;
  readonly data: FleetJob;
}

/** Of pg-boss 12.38, what is used. */
interface PgBoss {
  start(): Promise<unknown>;
  stop(options: { graceful: boolean; close: boolean; timeout: number }): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
  createQueue(name: string, options: QueueOptions): Promise<void>;
  send(name: string, data: FleetJob, options: SendOptions): Promise<string | null>;
  work(
    name: string,
    options: {
      readonly batchSize: 1;
      readonly localConcurrency: number;
      readonly groupConcurrency: number;
      readonly pollingIntervalSeconds: number;
    },
    handler: (jobs: EngineJob[]) => Promise<void>,
  ): Promise<string>;
  /** Without waiting: fetches nothing more, while what it has goes on. */
  offWork(name: string, options: { readonly wait: false }): Promise<void>;
  getJobById(name: string, id: string): Promise<{ readonly state: string } | null>;
  previewSchedule(expression: string, options: { tz: string; from: Date; count: number }): Date[];
}

type NewPgBoss = new (options: {
  readonly db: Pick<FleetDatabase, 'executeSql'>;
  readonly migrate: boolean;
  readonly createSchema: boolean;
  readonly supervise: boolean;
  readonly schedule: boolean;
  readonly registerInstance: boolean;
  readonly superviseIntervalSeconds: number;
  readonly monitorIntervalSeconds: number;
}) => PgBoss;

export type Engine = PgBoss;

export const queueOf = (zone: string): string => `${queuePrefix}${zone}`;
export const queuePrefix = 'night.';
export const priorities: Readonly<Record<string, number>> = { nightly: 10, intraday: 5, prune: 1 };
export const priorityByHand = 20;

/** How often workers look for dead ones. */
const monitorMs = 15_000;

/** Longer than the 20 hours that every job is given. */
const expireInSeconds = 86_000;
const keptSeconds = 14 * 86_400;

export const queueOptions = (heartbeatMs: number): QueueOptions => ({
  // Ten tries take three quarters of an hour.
  retryLimit: 10,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 900,
  expireInSeconds,
  heartbeatSeconds: Math.max(10, Math.round(heartbeatMs / 1000)),
  retentionSeconds: keptSeconds,
  deleteAfterSeconds: keptSeconds,
});

/** `worker` also looks for dead workers; `client` only adds jobs; `migrate` makes the engine's schema. */
export async function openEngine(
  database: FleetDatabase,
  role: 'worker' | 'client' | 'migrate',
  heartbeatMs = 2 * monitorMs,
): Promise<Engine> {
  const monitorSeconds = Math.min(monitorMs, heartbeatMs / 2) / 1000;
  const New = await loadPgBoss();
  const engine = new New({
    db: database,
    migrate: role === 'migrate',
    createSchema: role === 'migrate',
    supervise: role === 'worker',
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: monitorSeconds,
    monitorIntervalSeconds: monitorSeconds,
  });
  if (role !== 'worker') engine.on('error', () => undefined);
  return engine;
}

/** Throws a UsageFault where its tables are missing, or of another release of the engine. */
export async function startEngine(engine: Engine): Promise<void> {
  try {
    await engine.start();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new UsageFault(
      'The tables of the engine (schema pgboss of FLEET_URL) are missing, or of another release: run `redox-reconcile fleet migrate`. ' +
        'If a newer release has used them, install that one here.',
      { cause: error },
    );
  }
}

const leastNode = [22, 12] as const;

/** Throws a UsageFault with what is needed. */
export async function loadPgBoss(version = process.versions.node): Promise<NewPgBoss> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
    throw new UsageFault(
      `fleet needs Node ${leastNode.join('.')} or newer, because its engine pg-boss does; this is Node ${version}, and every other job runs on it.`,
    );
  }
  // Where it is not installed, types and build go without it.
  const name = 'pg-boss';
  try {
    const { PgBoss } = (await import(name)) as { readonly PgBoss: NewPgBoss };
    return PgBoss;
  } catch (error) {
    throw new UsageFault(
      `fleet needs its engine pg-boss, which is not installed: \`npm ci\` on Node ${leastNode.join('.')} or newer installs it.`,
      { cause: error },
    );
  }
}
