import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerStore } from '../../../src/config/config.ts';
import { inFull } from '../../../src/plain-text.ts';
import { type Check, fault, ok, skipped, warning } from './check.ts';

/** A night's reports are small; a ledger on the same disk is not, and Postgres stops where it is full. */
const littleBytes = 1_000_000_000;
const noBytes = 100_000_000;
const fewFiles = 10_000;

interface FolderQuestion {
  /** Undefined where the setting does not fit. */
  readonly reportDir: string | undefined;
  readonly store: LedgerStore | undefined;
}

/** The folders that jobs write: whether they can, who can read there, and how much room is left. */
export async function checkFolders({ reportDir, store }: FolderQuestion): Promise<readonly Check[]> {
  return [
    ...(reportDir === undefined
      ? [skipped('reports', 'because REPORT_DIR does not fit.')]
      : await checkFolder('reports', reportDir, 'REPORT_DIR')),
    ...(store?.kind === 'embedded' ? await checkFolder('ledger', store.folder, 'LEDGER_URL') : []),
  ];
}

async function checkFolder(what: string, folder: string, setting: string): Promise<Check[]> {
  const there = await nearest(folder);
  const where = there === folder ? folder : `${folder} is not there yet, and will be made in ${there}, which`;
  const found = await stat(there);
  if (!found.isDirectory()) return [fault(what, `${there} is no folder.`, `Let ${setting} name another one.`)];
  if (!(await isWritable(there))) {
    return [
      fault(
        what,
        `${where} cannot be written by this user.`,
        `chown it to this user, or let ${setting} name another folder.`,
      ),
    ];
  }
  const rights =
    process.platform !== 'win32' && there === folder && (found.mode & 0o007) !== 0
      ? warning(
          what,
          `Everybody on this machine can look into ${folder}; it holds ids of patients.`,
          `chmod o-rwx ${folder}`,
        )
      : ok(what, `${where} can be written.`);
  return [rights, await checkRoom(what, there)];
}

async function checkRoom(what: string, folder: string): Promise<Check> {
  const { bavail, bsize, ffree, files } = await statfs(folder);
  const bytes = bavail * bsize;
  const says = `${inFull(Math.floor(bytes / 1_000_000))} MB are free where ${folder} lies.`;
  const remedy = 'Make room there: Postgres stops on a full disk, and reports cannot be written.';
  const name = `disk of ${what}`;
  if (bytes < noBytes) return fault(name, says, remedy);
  if (bytes < littleBytes) return warning(name, says, remedy);
  // Some file systems count none.
  if (files > 0 && ffree < fewFiles)
    return warning(name, `Only ${inFull(ffree)} inodes are free where ${folder} lies.`, remedy);
  return ok(name, says);
}

/** The folder, or the one above it in which it would be made. */
async function nearest(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => null);
  const above = dirname(folder);
  return found !== null || above === folder ? folder : nearest(above);
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
