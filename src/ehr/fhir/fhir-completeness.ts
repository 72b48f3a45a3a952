/** Whether a folder holds a whole export: half of one would make the other half look gone. Pure; each reason is a clause without full stop. */
import { counted, inFull } from '../../plain-text.ts';
import { named } from '../csv/csv-files.ts';
import type { Manifest, ManifestFile } from './fhir-manifest.ts';
import { indispensableTypes } from './landed-type.ts';

/** What the files say of themselves, before a line is read. */
interface FolderFacts {
  readonly names: readonly string[];
  readonly manifests: readonly Manifest[];
  /** FHIR_COMPLETE. */
  readonly isComplete: boolean;
}

const partialReasons = {
  since: 'its request has _since, so it holds only what changed since then',
  deleted: 'it has `deleted` output, so it holds only what changed since another export',
  pages: 'it is one of several pages (`link` next), and the others have further files',
} as const;

/** Why the folder cannot be read as a whole export. */
export function folderReasons({ names, manifests, isComplete }: FolderFacts): string[] {
  if (names.some((name) => /(?:^|\/)deleted\//i.test(name))) {
    return ['it has a folder `deleted`, so it holds only what changed since another export'];
  }
  const [manifest, other] = manifests;
  if (other !== undefined) {
    return [
      `${named(manifests.map(({ file }) => file))} are manifests of several exports; leave one export in the folder`,
    ];
  }
  if (manifest !== undefined) return manifestReasons(manifest, names);
  return isComplete
    ? []
    : ['it has no manifest.json, so nothing shows whether all its files are there; set FHIR_COMPLETE=yes if they are'];
}

function manifestReasons(manifest: Manifest, names: readonly string[]): string[] {
  if (manifest.partial !== null) return [`${manifest.file}: ${partialReasons[manifest.partial]}`];
  if (manifest.transactionTime === null) return [`${manifest.file} has no transactionTime`];
  const all = [...manifest.output, ...manifest.errors];
  if (manifest.output.length === 0) return [`${manifest.file} lists no output files`];
  if (manifest.nameless > 0) return [`${manifest.file} lists ${counted(manifest.nameless, 'file')} without a url`];
  if (!namesFiles(manifest, names)) return [];
  const absent = all.filter((one) => fileNamed(one, names) === undefined);
  if (absent.length === 0) return sameNames(manifest, all, names);
  return [
    `${manifest.file} names ${counted(absent.length, 'file')} that are not there: ${named(absent.map(({ name }) => name))}`,
  ];
}

/** Two files of one name, of which the download has kept the last. */
function sameNames({ file }: Manifest, all: readonly ManifestFile[], names: readonly string[]): string[] {
  const addresses = new Map<string | undefined, Set<string>>();
  for (const one of all) {
    const found = fileNamed(one, names);
    addresses.set(found, (addresses.get(found) ?? new Set()).add(one.path.join('/')));
  }
  const several = [...addresses].flatMap(([name, paths]) => (name !== undefined && paths.size > 1 ? [name] : []));
  return several.length === 0
    ? []
    : [`${file} names several files that would be ${named(several)}, and the folder has one of them`];
}

/** False: the download gave the files other names, so only their types and lines can be compared. */
export const namesFiles = ({ output }: Manifest, names: readonly string[]): boolean =>
  output.some((one) => fileNamed(one, names) !== undefined);

/**
 * The file that a manifest means: downloads may add or lose the endings. Of several of its name, the one with most of its folders, then the
 * one nearest to the manifest.
 */
export function fileNamed({ path, written }: ManifestFile, names: readonly string[]): string | undefined {
  const stems = new Set([path, written].map((parts) => stemOf(parts.at(-1) ?? '')));
  const byStem = namesByStem(names);
  const [best] = [...stems]
    .flatMap((stem) => byStem.get(stem) ?? [])
    .map((one) => ({ one, shared: sharedFolders(one, path), depth: one.split('/').length }))
    .sort((a, b) => b.shared - a.shared || a.depth - b.depth);
  return best?.one;
}

const known = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>();

/** A manifest may name ten thousand files, and each is looked for several times. */
function namesByStem(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const earlier = known.get(names);
  if (earlier !== undefined) return earlier;
  const found = new Map<string, string[]>();
  for (const name of names) {
    const same = found.get(stemOf(name));
    if (same === undefined) found.set(stemOf(name), [name]);
    else same.push(name);
  }
  known.set(names, found);
  return found;
}

/** How many folders before the file's name are the same. */
function sharedFolders(name: string, path: readonly string[]): number {
  const folders = name.split('/').slice(0, -1).reverse();
  const wanted = path.slice(0, -1).reverse();
  const differs = folders.findIndex((folder, index) => folder !== wanted[index]);
  return differs === -1 ? folders.length : differs;
}

const stemOf = (name: string): string =>
  name
    .replace(/^.*\//s, '')
    .replace(/\.gz$/i, '')
    .replace(/\.ndjson$/i, '');

export interface ReadExport {
  readonly manifest: Manifest | null;
  /** The type and the lines of each file, blank ones not counted. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly lines: number }>;
  /** Resources by type, of those that land. */
  readonly resources: ReadonlyMap<string, number>;
  /** Files whose last line, or packed content, is cut off. */
  readonly cut: readonly string[];
  /** Files with a resource that has some of its elements only (tag SUBSETTED). */
  readonly subsets: readonly string[];
  /** Codes of the errors that the server reports, those borne left out. */
  readonly errors: readonly string[];
}

/** What is missing of the export, once its lines were read. */
export const exportReasons = (read: ReadExport): string[] => [
  ...read.cut.map((name) => `${name} is cut off within its last line`),
  ...wrongCounts(read),
  ...indispensableTypes
    .filter((type) => (read.resources.get(type) ?? 0) === 0)
    .map((type) => `it has no ${type} resource`),
  ...read.subsets.map((name) => `${name} has resources with the tag SUBSETTED, which lack elements`),
  ...(read.errors.length === 0
    ? []
    : [
        `the server reports errors about types that the contract reads (${named([...new Set(read.errors)])}); ` +
          'if they are known and harmless, list their codes in FHIR_ERRORS_BORNE',
      ]),
];

function wrongCounts({ manifest, files }: ReadExport): string[] {
  if (manifest === null) return [];
  const names = [...files.keys()];
  if (!namesFiles(manifest, names)) return wrongTypes(manifest, files);
  return manifest.output.flatMap((one) => {
    const { count } = one;
    const file = fileNamed(one, names);
    const found = file === undefined ? undefined : files.get(file)?.lines;
    if (file === undefined || found === undefined || count === null || count === found) return [];
    return [`${file} has ${counted(found, 'line')}, and ${manifest.file} gives it ${inFull(count)}`];
  });
}

/** By type alone: as many lines as the manifest counts, or as many files where it does not. */
function wrongTypes({ file, output, errors }: Manifest, files: ReadExport['files']): string[] {
  const all = [...output, ...errors];
  return [...new Set(all.map(({ type }) => type))].flatMap((type) => {
    const wanted = all.filter((one) => one.type === type);
    const found = [...files.values()].filter((one) => one.type === type);
    const lines = wanted.every(({ count }) => count !== null);
    const [has, gives] = lines
      ? [sum(found.map((one) => one.lines)), sum(wanted.map(({ count }) => count ?? 0))]
      : [found.length, wanted.length];
    if (has === gives) return [];
    return [`the folder has ${counted(has, lines ? 'line' : 'file')} of ${type}, and ${file} gives ${inFull(gives)}`];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
