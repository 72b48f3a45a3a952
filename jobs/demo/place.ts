import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { RefusedFault, UsageFault } from '../../src/fault.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { findPostmaster } from '../../src/sandbox/embedded-postgres-server.ts';
import { dotenvValue } from '../setup/dotenv-value.ts';

/** The files of a demo. In an existing folder, only the files of an earlier demo are replaced. */
export interface Place {
  readonly folder: string;
  readonly reports: string;
  /** The configuration that the demo's nights ran with. */
  readonly envFile: string;
  readonly postgres: string;
}

export const placeIn = (folder: string): Place => ({
  folder,
  reports: join(folder, 'reports'),
  envFile: join(folder, 'demo.env'),
  postgres: join(folder, 'postgres'),
});

/** The path relative to the current folder if it is inside it; otherwise unchanged. */
export function shownPath(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way;
}

/** Deletes the files of the demo before. Throws a RefusedFault if that demo still runs. */
export async function clear({ folder, reports, envFile, postgres }: Place): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await stopServerLeftIn(postgres);
    for (const path of [reports, envFile, postgres]) await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new UsageFault(
      `Could not make ready ${folder} for the demo: ${error.message}. Name a folder that you can write: --folder.`,
      { cause: error },
    );
  }
}

/** Stops the server that a killed demo has left. A demo that still runs uses its server. */
async function stopServerLeftIn(folder: string): Promise<void> {
  if ((await findPostmaster(folder)) === null) return;
  const server = await startEmbeddedPostgres({ folder, durable: false });
  await server.stop();
  if ((await findPostmaster(folder)) === null) return;
  throw new RefusedFault(
    `Something else uses the Postgres in ${folder}: another demo, or a job that looks at the one before. ` +
      'Wait until it ends, or give this demo a folder of its own: --folder.',
  );
}

export interface Server extends EmbeddedPostgres {
  /** False if its folder is gone with the server. */
  readonly isKept: boolean;
}

/**
 * Starts the Postgres of the demo in its folder, or in a temporary one: started by root, Postgres runs as another user, and that user
 * cannot enter a checkout in root's home.
 */
export async function startServer({ postgres }: Place, database: string): Promise<Server> {
  const start = (folder: string): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ folder, database, durable: false });
  try {
    return { ...(await start(postgres)), isKept: true };
  } catch (error) {
    if (!(error instanceof UsageFault) || process.getuid?.() !== 0) throw error;
    await rm(postgres, { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-demo-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await start(folder);
    return { ...server, isKept: false, stop: () => server.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** As a dotenv file, for the demo's nights and for jobs that look at what they left. */
export async function writeEnvFile({ envFile }: Place, settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${dotenvValue(value)}`);
  await writeFile(envFile, `${heading}\n${lines.join('\n')}\n`, { mode: 0o600 });
}

const heading = `# What the nights of the demo ran with. Its clinic and its Redox ended with it, so no night can run on this any more;
# but the ledger is still there, for the jobs status and report.`;
