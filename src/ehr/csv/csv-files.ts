import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join, dirname } from 'node:path';
import { NeighbourFault, StoppedFault, UsageFault } from '../../fault.ts';
import { isExtractName } from './csv-name.ts';
import { existsSync } from 'node:fs';

/** A CSV file at the time of listing. */
export interface CsvFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Changes with the file. */
  readonly mark: string;
}

/** Sorted names in the folder, for FHIR also in its subfolders. Hidden files are excluded: they are work in progress. */
export async function listFolder(folder: string, scheme: 'csv' | 'fhir' = 'csv'): Promise<string[]> {
  const names = scheme === 'fhir' ? await namesBelow(folder, '', new Set()) : (await entriesOf(folder, 'csv')).keys();
  return [...names].sort();
}

/** Of the folder and its subfolders, each once: a link may lead back to a folder above it. */
async function namesBelow(folder: string, within: string, seen: Set<string>): Promise<string[]> {
  const own = join(folder, within);
  const real = await realpath(own).catch(() => own);
  if (seen.has(real)) return [];
  seen.add(real);
  const names: string[] = [];
  for (const [entry, mayBeFolder] of await entriesOf(own, 'fhir')) {
    const name = within === '' ? entry : `${within}/${entry}`;
    const isFolder = mayBeFolder && (await stat(join(folder, name)).catch(() => null))?.isDirectory() === true;
    if (isFolder) names.push(...(await namesBelow(folder, name, seen)));
    else names.push(name);
  }
  return names;
}

/** The visible names in a folder, and whether each may be a folder. */
async function entriesOf(folder: string, scheme: 'csv' | 'fhir'): Promise<ReadonlyMap<string, boolean>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw noFolder(folder, error, scheme) ?? unreadable(folder, error);
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  return new Map(visible.map((entry) => [entry.name, !entry.isFile()]));
}

export async function filesNamed(folder: string, names: readonly string[]): Promise<CsvFile[]> {
  const files: CsvFile[] = [];
  for (const name of names) {
    const { isFile, ...found } = await lookAt(join(folder, name));
    if (isFile) files.push({ name, ...found });
  }
  return files;
}

/** Of a folder in which nothing is of the kind. `example`: what belongs there. */
export const holdsNone = (folder: string, names: readonly string[], kind: string, example: string): UsageFault =>
  new UsageFault(
    `The folder ${folder} holds no ${kind} file${insteadOf(names)}; put ${example}, ` +
      `or set EHR_URL=${kind === 'CSV' ? 'csv' : 'fhir'}:<folder> to where it is (a share that is not mounted looks empty, too).`,
  );

/** The current `*.csv` and `*.csv.gz` files of the folder that are wanted; folders of such a name are skipped. */
export async function listCsvFiles(
  folder: string,
  wanted: (names: readonly string[]) => readonly string[] = (names) => names,
): Promise<CsvFile[]> {
  const names = await listFolder(folder);
  const extracts = names.filter(isExtractName);
  if (extracts.length === 0) {
    throw holdsNone(folder, names, 'CSV', "the EHR's extract there (patients.csv, encounters.csv …)");
  }
  return filesNamed(folder, wanted(extracts));
}

/**
 * Returns the files once they are stable. If one was written within `settleMs`, all are compared again after that time
 * and a change throws: an export that writes in bursts may only have paused. Older files need no wait.
 */
export async function onceUnchanged(
  look: () => Promise<readonly CsvFile[]>,
  settleMs: number,
  signal: AbortSignal | undefined,
): Promise<readonly CsvFile[]> {
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

/** Throws if a file has changed since it was listed, because its rows may then mix two extracts. */
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

/** Joins names for a message and cuts a long list: `patients.csv, encounters.csv and 3 more`. */
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

/** Explains an EHR_URL that names no folder behind its scheme; null for any other error. */
function noFolder(folder: string, error: unknown, scheme: 'csv' | 'fhir'): UsageFault | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') {
    return new UsageFault(
      `There is no folder ${folder}, which EHR_URL=${scheme}:<folder> names (the nearest that is there: ${nearest(folder)}); ` +
        'correct the path, and where it is on a share or a volume, see that this is mounted.',
      { cause: error },
    );
  }
  if (code === 'ENOTDIR') {
    const holder = nearest(dirname(folder));
    return new UsageFault(
      `EHR_URL=${scheme}:<folder> names ${folder}, which is a file, or lies within one; name the folder that holds the files (${holder}).`,
      { cause: error },
    );
  }
  return null;
}

const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)));
