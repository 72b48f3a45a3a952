import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NeighbourFault, UsageFault } from '../fault.ts';
import { Secret } from '../secret.ts';
import type { Binaries } from './embedded-postgres-binaries.ts';
import type { Account } from './embedded-postgres-process.ts';
import { run } from './embedded-postgres-process.ts';

/** A folder with a Postgres: everything, including the password, is in `<folder>/data`. */
export interface DataFolder {
  readonly folder: string;
  readonly account: Account | null;
  readonly binaries: Binaries;
  readonly durable: boolean;
}

export const dataIn = (folder: string): string => join(folder, 'data');
const draftPrefix = 'initialising-';

/** Creates the cluster if missing, and returns the superuser's password. */
export async function prepareFolder(it: DataFolder): Promise<Secret> {
  try {
    await mkdir(it.folder, { recursive: true });
    await openToServer(it);
    await removeDeadDrafts(it.folder);
    if (!existsSync(dataIn(it.folder))) await initialise(it);
    await refuseOtherMajor(it);
    return new Secret((await readFile(join(dataIn(it.folder), 'password'), 'utf8')).trim());
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new UsageFault(
      `Could not keep a Postgres in ${it.folder}: ${error.message}. Name a folder that this user can write.`,
      {
        cause: error,
      },
    );
  }
}

/** A server that runs as another user than root needs access to the folder. */
async function openToServer({ folder, account }: DataFolder): Promise<void> {
  if (account === null) return;
  // Change the owner of an empty folder only.
  if ((await readdir(folder)).length === 0) await chown(folder, account.uid, account.gid);
  // By absolute path from outside: a process enters its folder before it changes its user.
  const { succeeded } = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { account, folder: '/' });
  if (succeeded) return;
  throw new UsageFault(
    `Postgres does not run as root, and the user it runs as (id ${account.uid}) cannot reach ${folder}, ` +
      'because that folder or one above it is closed. Name a folder such as /var/lib/redox-reconcile, or run the job as a user other than root.',
  );
}

/**
 * Creates the cluster under a temporary name and renames it, so that a killed job leaves no partial cluster and parallel jobs make
 * one.
 */
async function initialise({ folder, account, binaries, durable }: DataFolder): Promise<void> {
  const draft = await mkdtemp(join(folder, `${draftPrefix}${process.pid}-`));
  const password = join(draft, 'password');
  try {
    await writeFile(password, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    if (account !== null) await Promise.all([draft, password].map((path) => chown(path, account.uid, account.gid)));
    const { succeeded, output } = await run(
      binaries.initdb,
      [
        ...['--pgdata=data', '--username=postgres', '--pwfile=password', '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale=C', '--data-checksums'],
        ...(durable ? [] : ['--no-sync', ...quickPasswords(binaries)]),
      ],
      { account, folder: draft },
    );
    if (!succeeded)
      throw new NeighbourFault(`Could not initialise a Postgres in ${folder}. Output of initdb: ${output}`);
    await rename(password, join(draft, 'data', 'password'));
    await rename(join(draft, 'data'), dataIn(folder)).catch((error: unknown) => {
      if (!existsSync(dataIn(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A login's work on both sides. The tests connect some ten thousand times. */
const quickPasswords = ({ major }: Binaries): readonly string[] =>
  Number(major) < 16 ? [] : ['--set=scram_iterations=1'];

async function removeDeadDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(draftPrefix)) continue;
    const maker = Number.parseInt(name.slice(draftPrefix.length));
    if (!isAlive(maker)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function refuseOtherMajor({ folder, binaries: { major } }: DataFolder): Promise<void> {
  const data = dataIn(folder);
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (found === major) return;
  const start = `pg_ctl -D '${data}' -o '-h 127.0.0.1 -p 54321 -c unix_socket_directories=' -w start`;
  throw new UsageFault(
    [
      `${folder} was written by Postgres ${found}, and this release brings Postgres ${major}, which cannot read it. Dump and restore it once,`,
      `as the user who owns ${data}. With the programs of a Postgres ${found}:`,
      `  export PGHOST=127.0.0.1 PGPORT=54321 PGUSER=postgres PGPASSWORD=$(cat '${data}/password')`,
      `  ${start} && pg_dumpall > '${folder}/dump.sql' && pg_ctl -D '${data}' -m fast stop`,
      `  mv '${data}' '${data}.${found}'`,
      `With the programs of a Postgres ${major}:`,
      `  initdb -D '${data}' -U postgres --pwfile='${data}.${found}/password' -A scram-sha-256 -E UTF8 --locale=C --data-checksums`,
      `  cp -p '${data}.${found}/password' '${data}/password'`,
      `  ${start} && psql -d postgres -f '${folder}/dump.sql' && pg_ctl -D '${data}' -m fast stop`,
      `One error of psql is expected: the role postgres already exists. When the job runs well, remove ${folder}/dump.sql and ${data}.${found}.`,
    ].join('\n'),
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
