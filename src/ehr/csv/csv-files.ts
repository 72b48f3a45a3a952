import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { NeighbourFault, StoppedFault, UsageFault } from '../../fault.ts';
import { isExtractName } from './csv-name.ts';
import { noFolder } from '../landing/extract-folder.ts';

/** A CSV file as it stood when it was looked at. */
export interface CsvFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Changes whenever the file does. */
  readonly mark: string;
}

/** Names of everything that lies in the folder, in order; hidden files are somebody's work in progress. */
export async function listFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw noFolder(folder, error) ?? unreadable(folder, error);
  });
  return names.filter((name) => !name.startsWith('.')).sort();
}

/** Every `*.csv` and `*.csv.gz` of the folder that is wanted, as it is now. A folder that is called like a file is none. */
export async function listCsvFiles(
  folder: string,
  wanted: (names: readonly string[]) => readonly string[] = (names) => names,
): Promise<CsvFile[]> {
  const names = await listFolder(folder);
  const extracts = names.filter(isExtractName);
  if (extracts.length === 0) {
    throw new UsageFault(
      `The folder ${folder} holds no CSV file${insteadOf(names)}; put the EHR's extract there (patients.csv, encounters.csv …), ` +
        'or set EHR_URL=csv:<folder> to where it is (a share that is not mounted looks empty, too).',
    );
  }
  const files: CsvFile[] = [];
  for (const name of wanted(extracts)) {
    const { isFile, ...found } = await lookAt(join(folder, name));
    if (isFile) files.push({ name, ...found });
  }
  return files;
}

/**
 * The files as they are once they stay as they are: where one was written within that time, they are looked at again when it is over,
 * for an export that writes in bursts has pauses. Files that have lain there longer cost no wait.
 */
export async function onceUnchanged(
  look: () => Promise<CsvFile[]>,
  settleMs: number,
  signal: AbortSignal | undefined,
): Promise<CsvFile[]> {
  const files = await look();
  const youngest = Math.max(...files.map(({ modifiedAt }) => modifiedAt.getTime()));
  if (settleMs === 0 || files.length === 0 || Date.now() - youngest > settleMs) return files;
  await sleep(settleMs, undefined, { signal }).catch(() => {
    throw new StoppedFault();
  });
  await requireUnchanged(files, 'changed between two looks');
  const now = await look();
  const added = now.find(({ name }) => !files.some((file) => file.name === name));
  if (added !== undefined) throw stillWritten(`${added.path} came between two looks`);
  return now;
}

/** Refuses what was read where a file has changed since it was looked at: its rows may be half of one extract, half of another. */
export async function requireUnchanged(
  files: readonly CsvFile[],
  how = 'changed while it was being read',
): Promise<void> {
  for (const file of files) {
    const now = await lookAt(file.path).catch(() => null);
    if (now?.mark === file.mark) continue;
    throw stillWritten(`${file.path} ${now === null ? 'vanished' : how}`);
  }
}

const stillWritten = (seen: string): NeighbourFault =>
  new NeighbourFault(
    `${seen}, so the extract is still being written; ` +
      'start the job again when the export has ended (best: export into another folder and rename it).',
  );

export async function openFile({ path }: CsvFile): Promise<FileHandle> {
  return open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

const mostNamed = 12;

/** `: patients.csv, encounters.csv and 3 more`: what lies in a folder, for a message. */
export function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const insteadOf = (names: readonly string[]): string => (names.length === 0 ? '' : `, but ${named(names)}`);

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
