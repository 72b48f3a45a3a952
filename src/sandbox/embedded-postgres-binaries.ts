import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { UsageFault } from '../fault.ts';
import type { Account } from './embedded-postgres-process.ts';
import { run } from './embedded-postgres-process.ts';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version, e.g. `17`, as in the file PG_VERSION of a data folder. */
  readonly major: string;
}

const remedy = 'Set LEDGER_URL to a Postgres server of your own (postgres://…) to do without it.';

/** The npm package's programs for this machine, in a place where the server's user can run them. */
export async function findBinaries(account: Account | null): Promise<Binaries> {
  const installed = packageFolder();
  const attempt = await tryBinaries(join(installed, 'native'), account);
  if (attempt.binaries !== null) return attempt.binaries;
  let second = await tryBinaries(await copyOf(installed), account);
  // Another job may have put a copy of its own in the place of the one that was being tried.
  if (second.binaries === null) second = await tryBinaries(await copyOf(installed), account);
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

/** Tests by running them, which covers modes of parent folders and missing libraries. */
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
 * A world-readable copy of the binaries under the temporary folder, because the server's user cannot read a checkout in root's home, and
 * an install without scripts lacks the links between the libraries.
 *
 * Cleaners of temporary files delete single files, so each start compares the copy with its list. An incomplete copy is renamed, for
 * servers that still run from it, and a new one takes its place.
 */
export async function copyOf(installed: string, folder = tmpdir()): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(await json(join(installed, 'package.json')));
  const copy = join(folder, `redox-reconcile-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (await isForeign(copy)) throw foreign(copy);
  if (!(await isWhole(copy))) {
    await removeDeadDrafts(copy);
    const draft = await mkdtemp(`${copy}-`);
    await cp(join(installed, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await linkLibraries(draft);
    await openToEverybody(draft);
    await writeFile(join(draft, listName), await listOf(draft), { mode: 0o644 });
    await putInPlace(draft, copy);
  }
  if (await isForeign(copy)) throw foreign(copy);
  return join(copy, 'native');
}

/** Drafts of killed jobs; a copy takes seconds. */
async function removeDeadDrafts(copy: string): Promise<void> {
  for (const name of await readdir(dirname(copy))) {
    const path = join(dirname(copy), name);
    if (!path.startsWith(`${copy}-`)) continue;
    const { uid, mtimeMs } = await lstat(path).catch(() => ({ uid: null, mtimeMs: 0 }));
    const isDead = uid === process.getuid?.() && Date.now() - mtimeMs > 3_600_000;
    if (isDead) await rm(path, { recursive: true, force: true });
  }
}

/** Several jobs may copy at once; the first to finish wins, and the other drafts are deleted. */
async function putInPlace(draft: string, copy: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    if (await isWhole(copy)) break;
    // A server running from it continues: its open files stay, and it forks new processes.
    const aside = await mkdtemp(`${copy}-old-`);
    await rename(copy, join(aside, 'copy')).catch(() => undefined);
    const isPlaced = await rename(draft, copy).then(
      () => true,
      () => false,
    );
    await rm(aside, { recursive: true, force: true });
    if (isPlaced) return;
  }
  await rm(draft, { recursive: true, force: true });
}

const listName = 'list.txt';

/** The list is written last, so a copy without one is incomplete. */
async function isWhole(copy: string): Promise<boolean> {
  const list = await readFile(join(copy, listName), 'utf8').catch(() => null);
  return list !== null && list === (await listOf(copy).catch(() => null));
}

/** Each file's size, each link's target, and their modes, all from `lstat`. */
async function listOf(folder: string): Promise<string> {
  const native = join(folder, 'native');
  const { mode: ownMode } = await lstat(folder);
  const lines = (await readdir(native, { recursive: true, withFileTypes: true })).map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { size, mode, uid } = await lstat(path);
    const what = entry.isSymbolicLink() ? await readlink(path) : entry.isDirectory() ? '' : String(size);
    return `${relative(native, path)}\t${entry.isSymbolicLink() ? 'link' : mode.toString(8)}\t${uid}\t${what}`;
  });
  return [ownMode.toString(8), ...(await Promise.all(lines)).sort()].join('\n');
}

/** The temporary folder is public, so only a folder of our own user may be run. A missing one has no owner. */
async function isForeign(copy: string): Promise<boolean> {
  const entry = await lstat(copy).catch(() => null);
  if (entry === null) return false;
  return !entry.isDirectory() || entry.uid !== process.getuid?.() || (entry.mode & 0o022) !== 0;
}

const foreign = (copy: string): UsageFault =>
  new UsageFault(
    `${copy} should hold a copy of the embedded Postgres, but belongs to another user or can be written by others. ` +
      'Remove it and start again.',
  );

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages contain no symbolic links; the package's install script makes them from this list. */
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
