import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { fleetEnvFiles, readSiteFolder, type SiteFolder } from '../../src/config/fleet/site-folder.ts';
import { loadWorkerConfig, type WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import { type Engine, openEngine, startEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { FleetStore } from '../../src/fleet/fleet-store.ts';
import { Outages } from '../../src/fleet/outages.ts';
import type { JobContext } from '../frame/job.ts';

/** The folder of a fleet, from where paths in its files begin. */
export interface FleetPlace {
  readonly folder: string;
  readonly read: () => SiteFolder;
  readonly config: () => WorkerConfig;
}

/** Makes the folder the current one: a site's file says `contracts/…`, and means beside it. */
export function enterFolder({ environment, envFiles }: JobContext, folder: string | null): FleetPlace {
  const path = resolve(folder ?? 'fleet');
  const given = envFiles.map((file) => resolve(file));
  const sites = (): SiteFolder => readSiteFolder(path);
  sites();
  process.chdir(path);
  return {
    folder: path,
    read: sites,
    config: () => loadWorkerConfig(environment, [...fleetEnvFiles(path), ...given]),
  };
}

export interface FleetSession {
  readonly store: FleetStore;
  readonly outages: Outages;
  readonly engine: Engine;
}

export async function withFleet<T>(config: WorkerConfig, work: (session: FleetSession) => Promise<T>): Promise<T> {
  const database = new FleetDatabase(config.url);
  try {
    await database.assertReady();
    const engine = await openEngine(database, 'client');
    await startEngine(engine);
    try {
      return await work({ store: new FleetStore(database), outages: new Outages(database), engine });
    } finally {
      await engine.stop({ graceful: false, close: false, timeout: 1_000 });
    }
  } finally {
    await database.close();
  }
}

/** Who asked, for the tables: `anna@host`. */
export function askedBy(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
