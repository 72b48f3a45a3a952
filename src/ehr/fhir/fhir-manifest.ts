/** The manifest of a Bulk Data export (https://hl7.org/fhir/uv/bulkdata/export.html, "Response - Output Manifest"). */
import { readFile } from 'node:fs/promises';
import { isObject, type JsonObject, type JsonValue, objectIn } from '../../json.ts';
import { meaningsOf } from '../../values/time/time.ts';
import type { CsvFile } from '../csv/csv-files.ts';
import { decodedUri } from './fhir-element.ts';

export interface Manifest {
  /** Its own file. */
  readonly file: string;
  /** The export ends at this time; null where the manifest lacks it. */
  readonly transactionTime: Date | null;
  readonly output: readonly ManifestFile[];
  /** Files of OperationOutcome; the name of the 4.0 ballot is `outcome`. */
  readonly errors: readonly ManifestFile[];
  /** Why the export is only a part of what the site has; null where it may be all. */
  readonly partial: 'since' | 'deleted' | 'pages' | null;
  /** Entries of `output` and `error` that name no file. */
  readonly nameless: number;
}

export interface ManifestFile {
  readonly type: string;
  /** Last part of its address. */
  readonly name: string;
  /** The parts of its address, as they are written and decoded. */
  readonly written: readonly string[];
  readonly path: readonly string[];
  readonly count: number | null;
}

const mostBytes = 64 * 1024 * 1024;

export const isCalledManifest = (name: string): boolean => /(?:^|\/)manifest\.json$/i.test(name);

/** The manifests among the documents; a spoilt one is still one, without a time. */
export async function readManifests(documents: readonly CsvFile[], timeZone: string): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const { name, path, bytes } of documents) {
    const content = bytes > mostBytes ? null : objectIn((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
    const isManifest = isCalledManifest(name) || (content !== null && 'transactionTime' in content);
    if (isManifest) manifests.push(manifestOf(name, content ?? {}, timeZone));
  }
  return manifests;
}

/** `timeZone`: of a time without one. */
export function manifestOf(file: string, content: JsonObject, timeZone: string): Manifest {
  const [time] = meaningsOf(textOf(content['transactionTime']), timeZone).value ?? [];
  const output = filesIn(content['output'], '');
  const errors = [...filesIn(content['error'], 'OperationOutcome'), ...filesIn(content['outcome'], 'OperationOutcome')];
  return {
    file,
    transactionTime: time === undefined ? null : new Date(time.firstMs),
    output: output.filter(isNamed),
    errors: errors.filter(isNamed),
    partial: partialOf(content),
    nameless: [...output, ...errors].filter((one) => !isNamed(one)).length,
  };
}

const isNamed = ({ name }: ManifestFile): boolean => name !== '';

function partialOf({ request, deleted, link }: JsonObject): Manifest['partial'] {
  if (/[?&]_since=|"_since"/.test(typeof request === 'string' ? request : JSON.stringify(request ?? null))) {
    return 'since';
  }
  if (Array.isArray(deleted) && deleted.length > 0) return 'deleted';
  const isNext = (one: JsonValue): boolean => isObject(one) && one['relation'] === 'next';
  return Array.isArray(link) && link.some(isNext) ? 'pages' : null;
}

/** An entry of another form names nothing. */
function filesIn(given: JsonValue | undefined, usualType: string): ManifestFile[] {
  if (!Array.isArray(given)) return [];
  return (given as readonly JsonValue[]).map((one) => {
    const { type, url, count } = isObject(one) ? one : {};
    // Signed addresses have a query.
    const address = textOf(url).replace(/[?#].*$/s, '');
    const [written, path] = [partsOf(address), partsOf(decodedUri(address))];
    return { type: textOf(type) || usualType, name: path.at(-1) ?? '', written, path, count: countIn(count) };
  });
}

const partsOf = (address: string): readonly string[] => address.split('/').filter((part) => part !== '');

function countIn(given: JsonValue | undefined): number | null {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
