/** The manifest of a Bulk Data export (https://hl7.org/fhir/uv/bulkdata/export.html, "Response - Output Manifest"). */
import { readFile } from 'node:fs/promises';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { CsvFile } from '../csv/csv-files.ts';

export interface Manifest {
  /** Its own file. */
  readonly file: string;
  /** Nothing later than this can be in the export; null where the manifest gives no time. */
  readonly transactionTime: Date | null;
  readonly output: readonly ManifestFile[];
  /** Files of OperationOutcome; the name of the 4.0 ballot is `outcome`. */
  readonly errors: readonly ManifestFile[];
  /** Why the export is only a part of what the site has; null where it may be all. */
  readonly partial: 'since' | 'deleted' | 'pages' | null;
}

interface ManifestFile {
  readonly type: string;
  /** Last part of its address. */
  readonly name: string;
  readonly count: number | null;
}

const mostBytes = 64 * 1024 * 1024;

const isCalledManifest = (name: string): boolean => name.toLowerCase() === 'manifest.json';

/** The manifests among the documents; a spoilt one is still one, without a time. */
export async function readManifests(documents: readonly CsvFile[]): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const { name, path, bytes } of documents) {
    const content = bytes > mostBytes ? null : parsed(await readFile(path, 'utf8'));
    const isManifest = isCalledManifest(name) || (content !== null && 'transactionTime' in content);
    if (isManifest) manifests.push(manifestOf(name, content ?? {}));
  }
  return manifests;
}

export function manifestOf(file: string, content: JsonObject): Manifest {
  const time = new Date(textOf(content['transactionTime']));
  return {
    file,
    transactionTime: Number.isNaN(time.getTime()) ? null : time,
    output: filesIn(content['output']),
    errors: [...filesIn(content['error']), ...filesIn(content['outcome'])],
    partial: partialOf(content),
  };
}

function partialOf({ request, deleted, link }: JsonObject): Manifest['partial'] {
  if (/[?&]_since=|"_since"/.test(typeof request === 'string' ? request : JSON.stringify(request ?? null)))
    return 'since';
  if (Array.isArray(deleted) && deleted.length > 0) return 'deleted';
  const isNext = (one: JsonValue): boolean => isObject(one) && one['relation'] === 'next';
  return Array.isArray(link) && link.some(isNext) ? 'pages' : null;
}

function filesIn(given: JsonValue | undefined): ManifestFile[] {
  if (!Array.isArray(given)) return [];
  return given.filter(isObject).map(({ type, url, count }: JsonObject) => ({
    type: textOf(type),
    name: nameIn(textOf(url)),
    count: typeof count === 'number' ? count : null,
  }));
}

/** Signed addresses have a query. */
function nameIn(url: string): string {
  const name = url.replace(/[?#].*$/s, '').replace(/^.*\//s, '');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

function parsed(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as JsonValue;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
