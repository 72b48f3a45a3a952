import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { NeighbourFault, UsageFault } from '../core/fault.ts';
import { noFolder } from './extract-folder.ts';

/** A CSV file as it stood when the folder was listed. */
export interface CsvFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Changes whenever the file does. */
  readonly mark: string;
}

/** Every `*.csv` of the folder, in order of name; hidden files are somebody's work in progress. */
export async function listCsvFiles(folder: string): Promise<CsvFile[]> {
  const names = (await namesIn(folder)).filter((name) => /^[^.].*\.csv$/i.test(name)).sort();
  const files: CsvFile[] = [];
  for (const name of names) {
    const found = await lookAt(join(folder, name));
    if (found.isFile) files.push({ name, ...found });
  }
  if (files.length > 0) return files;
  throw new UsageFault(
    `The folder ${folder} holds no CSV file; put the EHR's extract there (patients.csv, encounters.csv …), or set EHR_URL=csv:<folder> to where it is (a share that is not mounted looks empty, too).`,
  );
}

/** Refuses what was read where a file has changed since it was listed: its rows may be half of one extract, half of another. */
export async function requireUnchanged(files: readonly CsvFile[]): Promise<void> {
  for (const file of files) {
    const now = await lookAt(file.path).catch(() => null);
    if (now?.mark === file.mark) continue;
    throw new NeighbourFault(
      `${file.path} changed while it was being read, so the extract is not complete yet; ` +
        'start the job again when the export has ended (best: export into another folder and rename it).',
    );
  }
}

/** Runs work on the opened file. */
export async function withFile<T>(file: CsvFile, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file.path).catch((error: unknown) => {
    throw unreadable(file.path, error);
  });
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    throw noFolder(folder, error) ?? unreadable(folder, error);
  });
}

async function lookAt(path: string): Promise<Omit<CsvFile, 'name'> & { readonly isFile: boolean }> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return {
    path,
    bytes: found.size,
    modifiedAt: found.mtime,
    mark: `${found.ino}:${found.size}:${found.mtimeMs}`,
    isFile: found.isFile(),
  };
}

const unreadable = (path: string, error: unknown): UsageFault =>
  new UsageFault(
    `Could not read ${path}: ${error instanceof Error ? error.message : String(error)}; ` +
      'see that it exists and that the user who runs the job may read it.',
    { cause: error },
  );
