import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { UsageFault } from '../core/fault.ts';
import type { Account } from './embedded-postgres-process.ts';
import { run } from './embedded-postgres-process.ts';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version, e.g. `17`, as the file PG_VERSION of a data folder has it. */
  readonly major: string;
}

const remedy = 'Set LEDGER_URL to a Postgres server of your own (postgres://…) to do without it.';

/** The programs of the npm package for this machine, at a place where the server's user can run them. */
export async function findBinaries(account: Account | null): Promise<Binaries> {
  const installed = packageFolder();
  const attempt = await tryBinaries(join(installed, 'native'), account);
  if (attempt.binaries !== null) return attempt.binaries;
  const second = await tryBinaries(await copyOf(installed), account);
  if (second.binaries !== null) return second.binaries;
  throw new UsageFault(
    `Could not run the embedded Postgres, neither in ${installed} (${attempt.output}) nor from a copy in ${tmpdir()} ` +
      `(${second.output}). Its binaries need glibc (not Alpine's musl) and a temporary folder that the server's user can reach. ${remedy}`,
  );
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new UsageFault(
      `The embedded Postgres for this machine is not installed: npm package ${name} was not found. ` +
        `Install with optional dependencies (\`npm ci --include=optional\`). ${remedy}`,
      { cause },
    );
  }
}

/** Whether they run is found out by running them: modes of every parent folder and missing libraries count alike. */
async function tryBinaries(
  native: string,
  account: Account | null,
): Promise<{ readonly binaries: Binaries | null; readonly output: string }> {
  const program = (name: string): string => join(native, 'bin', name);
  // initdb and postgres link different libraries.
  for (const name of ['initdb', 'pg_ctl']) {
    const { succeeded, output } = await run(program(name), ['--version'], { account, folder: '/' });
    if (!succeeded) return { binaries: null, output };
  }
  const { succeeded, output } = await run(program('postgres'), ['--version'], { account, folder: '/' });
  const major = /\) (\d+)/.exec(output)?.[1];
  if (!succeeded || major === undefined) return { binaries: null, output };
  return { binaries: { initdb: program('initdb'), pgCtl: program('pg_ctl'), major }, output };
}

/**
 * The binaries once more, under the temporary folder and readable to everybody: a checkout in root's home is closed to
 * the server's user, and an install without scripts lacks the links between the libraries.
 */
async function copyOf(installed: string): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(await json(join(installed, 'package.json')));
  const copy = join(tmpdir(), `redox-reconcile-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(copy)) {
    const draft = await mkdtemp(`${copy}-`);
    await cp(join(installed, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await linkLibraries(draft);
    await openToEverybody(draft);
    // Several jobs may copy at once; the first to finish wins, and the others' drafts are as good as not made.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  await refuseForeign(copy);
  return join(copy, 'native');
}

/** The temporary folder is everybody's: a folder that somebody else put there must not be run. */
async function refuseForeign(copy: string): Promise<void> {
  const entry = await lstat(copy);
  const isOurs = entry.isDirectory() && entry.uid === process.getuid?.() && (entry.mode & 0o022) === 0;
  if (isOurs) return;
  throw new UsageFault(
    `${copy} should hold a copy of the embedded Postgres, but belongs to another user or can be written by others. ` +
      'Remove it and start again.',
  );
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages hold no symbolic links; the package's install script makes them from this list, where scripts may run. */
async function linkLibraries(draft: string): Promise<void> {
  for (const { source, target } of linkList.parse(await json(join(draft, 'native', 'pg-symlinks.json')))) {
    const link = join(draft, target);
    if (!existsSync(link)) await symlink(relative(dirname(link), join(draft, source)), link);
  }
}

async function openToEverybody(draft: string): Promise<void> {
  await chmod(draft, 0o755);
  for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const isRun = entry.isDirectory() || entry.parentPath.endsWith('bin');
    await chmod(join(entry.parentPath, entry.name), isRun ? 0o755 : 0o644);
  }
}

async function json(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
