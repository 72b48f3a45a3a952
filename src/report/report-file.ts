import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { NeighbourFault } from '../fault.ts';

/** Reports contain patient ids, so only their owner may read them. */
const ownerOnlyFolder = 0o700;
const ownerOnlyFile = 0o600;

export const makeFolder = (folder: string): Promise<void> =>
  explained(folder, async () => {
    await mkdir(folder, { recursive: true, mode: ownerOnlyFolder });
  });

/**
 * Writes a draft beside the file and renames it once complete and on disk: a report exists in full, or is missing.
 * `write` appends its content piece by piece.
 */
export async function writeWhole(path: string, write: (append: Append) => Promise<void>): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await explained(path, async () => {
    try {
      await rm(draft, { force: true });
      const file = await open(draft, 'wx', ownerOnlyFile);
      await writeAndClose(file, write);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

export type Append = (piece: string | Buffer) => Promise<void>;

async function writeAndClose(file: FileHandle, write: (append: Append) => Promise<void>): Promise<void> {
  try {
    await write((piece) => file.appendFile(piece));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Explains file system errors in a sentence; rethrows all others. */
async function explained(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isFromFileSystem(error)) throw error;
    throw new NeighbourFault(
      `Could not write ${path}: ${remedies[error.code] ?? error.code}. ` +
        'What the run did is recorded in the ledger; when this is mended, write its reports again with `redox-reconcile report <run id>`.',
      { cause: error },
    );
  }
}

interface FileSystemError extends Error {
  readonly code: string;
}

const isFromFileSystem = (error: unknown): error is FileSystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

/** The cause and the remedy, by error code. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full (ENOSPC); make room or set REPORT_DIR to another disk',
  EDQUOT: 'the disk quota is used up (EDQUOT); make room or set REPORT_DIR to another disk',
  EACCES: 'this user may not write there (EACCES); give it the folder or set REPORT_DIR to another one',
  EPERM: 'this user may not write there (EPERM); give it the folder or set REPORT_DIR to another one',
  EROFS: 'the file system is read-only (EROFS); set REPORT_DIR to a folder that can be written',
  ENOTDIR: 'a part of the path is a file (ENOTDIR); set REPORT_DIR to a folder',
  EEXIST: 'a file has the name of the folder (EEXIST); set REPORT_DIR to a folder',
  EISDIR: 'a folder has that name (EISDIR); remove it',
};
