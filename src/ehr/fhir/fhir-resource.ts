/** A line of NDJSON as the row that it becomes, or why it is left out. Pure. */
import { isUtf8 } from 'node:buffer';
import type { LandingProblem } from '../../decide/source/source.ts';
import { markedId, markedText } from '../../values/damage.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { readPlainText } from '../../values/markup/plain-text.ts';
import { meaningsOf } from '../../values/time/time.ts';
import { type Elements, unpackAttachment, landedMeta, normalReference, referencedId } from './fhir-element.ts';
import { digestOf } from './fhir-digest.ts';
import { withMarkedNumbers, withNumbers } from './fhir-number.ts';
import { exportedTypes } from './landed-type.ts';

/** A resource as its table's row has it. */
export interface LandedResource {
  readonly type: string;
  readonly id: string;
  /** Ids of the patient and the visit that it names, or a key that the other resources resolve. */
  readonly patient: string | null;
  readonly encounter: string | null;
  /** The first and the last instant of when it was recorded or happened; of a visit, of its period. */
  readonly beganAt: string | null;
  readonly endedBy: string | null;
  readonly updatedAt: string | null;
  /** References that only the other resources can resolve. */
  readonly open: readonly string[];
  /** Servers that its references name, by type. */
  readonly origins: ReadonlyMap<string, string>;
  readonly damage: readonly ('zero_byte' | 'not_utf8')[];
  /** It holds some of the resource's elements only. */
  readonly isSubset: boolean;
  readonly digest: string;
  /** As JSON. */
  readonly resource: string;
}

/** What a line holds, and the type that it names, as far as it can be seen. */
export type ReadLine =
  | { readonly resource: LandedResource }
  | { readonly leftOut: LandingProblem; readonly type: string | null }
  /** A resource of a type that does not land. */
  | { readonly other: JsonObject; readonly type: string };

/** A B-tree entry is limited to a third of a page. */
const longestIdBytes = 2000;
/** Of a reference that is looked up: written as JSON it may have six times as many. */
const longestKeyBytes = 400;

/** `zone`: of days, which FHIR writes without one. `lands`: the types that land. */
export function readLine(bytes: Buffer, zone: string, lands: ReadonlySet<string>): ReadLine {
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) return { leftOut: 'not_utf8', type: typeIn(text) };
  if (text.includes('\0')) return { leftOut: 'zero_byte', type: typeIn(text) };
  const given = parsed(text);
  const type = given?.['resourceType'];
  if (given === null || typeof type !== 'string') return { leftOut: 'no_resource', type: typeIn(text) };
  if (!lands.has(type)) return { other: given, type: isKnown(type) ? type : unknownType };
  const id = given['id'];
  if (typeof id !== 'string' || id === '') return { leftOut: 'required_empty', type };
  if (Buffer.byteLength(id) > longestIdBytes) return { leftOut: 'key_too_long', type };
  try {
    return { resource: landed(type, id, given, { zone, mayBeDamaged: suspicious.test(text) }) };
  } catch (error) {
    // Too deeply nested for any resource.
    if (error instanceof RangeError) return { leftOut: 'no_resource', type };
    throw error;
  }
}

/** Any text may stand in the place of a type, a patient's name too. */
const unknownType = 'unknown type';
const isKnown = (type: string): boolean => exportedTypes.has(type) || type === 'OperationOutcome';

/** What `markedText` and `markedId` look for, as JSON writes it. */
const suspicious = /\\u(?:0000|d[89a-f]|fdd0)|\ufdd0/i;

function parsed(text: string): JsonObject | null {
  try {
    const value = JSON.parse(withMarkedNumbers(text)) as JsonValue;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Of a line that is no JSON, the first type that it names. */
const typeIn = (text: string): string | null => /"resourceType"\s*:\s*"([A-Z][A-Za-z]{1,60})"/.exec(text)?.[1] ?? null;

interface Reading {
  readonly zone: string;
  readonly mayBeDamaged: boolean;
}

function landed(type: string, id: string, given: JsonObject, { zone, mayBeDamaged }: Reading): LandedResource {
  const rewriter = new Rewriter(mayBeDamaged);
  const { meta, text, ...elements } = given;
  const { kept, updatedAt, isSubset } = landedMeta(meta);
  const own = mayBeDamaged ? rewriter.id(id) : id;
  const resource: Elements = { ...elements, ...kept, id: 'as it is' };
  rewriter.rewrite(resource);
  Object.assign(resource, narrative(type, text), { id: own });
  const [beganAt, endedBy] = type === 'Encounter' ? periodOf(resource, zone) : momentOf(resource, zone);
  return {
    type,
    id: own,
    patient: patientOf(resource),
    encounter: encounterOf(resource),
    beganAt,
    endedBy,
    updatedAt: updatedAt === null ? null : spanOf(updatedAt, zone)[0],
    open: [...rewriter.open],
    origins: rewriter.origins,
    damage: rewriter.damage,
    isSubset,
    digest: digestOf(resource),
    resource: withNumbers(JSON.stringify(resource)),
  };
}

/** US Core asks of a care plan and of a goal no more than these words. */
const narrative = (type: string, text: JsonValue | undefined): JsonObject => {
  if (type !== 'CarePlan' && type !== 'Goal') return {};
  const html = isObject(text) ? text['div'] : undefined;
  const words = typeof html === 'string' ? readPlainText(html).value : undefined;
  return words === undefined ? {} : { landed_text: markedText(words).text };
};

/** A resource has a few dozen; Postgres takes some thousands. */
const mostLevels = 500;

/** Brings references to one form, takes attachments out, and marks damaged texts. */
class Rewriter {
  readonly open = new Set<string>();
  /** The server that absolute references name, by the type of what they refer to. */
  readonly origins = new Map<string, string>();
  readonly damage: ('zero_byte' | 'not_utf8')[] = [];
  readonly #mayBeDamaged: boolean;
  #depth = 0;

  constructor(mayBeDamaged: boolean) {
    this.#mayBeDamaged = mayBeDamaged;
  }

  /** Rewrites the object itself: copies would take as long as parsing. */
  rewrite(given: Elements): void {
    for (const key of Object.keys(given)) {
      const value = given[key] ?? null;
      // FHIR has neither; what asks whether an element is there would take them for a value.
      if (value === null || value === '') {
        Reflect.deleteProperty(given, key);
        continue;
      }
      const rewritten = key === 'reference' && typeof value === 'string' ? this.#reference(value) : this.#value(value);
      const name = this.#mayBeDamaged ? this.#text(key) : key;
      if (name !== key) Reflect.deleteProperty(given, key);
      if (name !== key || rewritten !== value) given[name] = rewritten;
    }
    if ('contentType' in given) unpackAttachment(given);
  }

  id(given: string): string {
    const { text, problem } = markedId(given);
    if (problem !== null) this.damage.push(problem);
    return text;
  }

  #value(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#mayBeDamaged ? this.#text(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    this.#depth += 1;
    if (this.#depth > mostLevels) throw new RangeError('too deeply nested');
    if (Array.isArray(value)) this.#list(value as JsonValue[]);
    else this.rewrite(value as Elements);
    this.#depth -= 1;
    return value;
  }

  #list(given: JsonValue[]): void {
    for (let index = 0; index < given.length; index += 1) given[index] = this.#value(given[index] ?? null);
  }

  #reference(given: string): string {
    const { text, isOpen, origin, type } = normalReference(this.#mayBeDamaged ? this.id(given) : given);
    if (origin !== null) this.origins.set(type, origin);
    if (Buffer.byteLength(text) > longestIdBytes) return '';
    if (isOpen && Buffer.byteLength(text) <= longestKeyBytes) this.open.add(text);
    return text;
  }

  #text(given: string): string {
    const { text, problem } = markedText(given);
    if (problem !== null) this.damage.push(problem);
    return text;
  }
}

const patientOf = (resource: JsonObject): string | null =>
  idBehind(resource['subject'] ?? resource['patient'] ?? resource['beneficiary'], 'Patient');

/** R4 documents name it in `context`. */
function encounterOf({ encounter, context }: JsonObject): string | null {
  if (encounter !== undefined) return idBehind(encounter, 'Encounter');
  return idBehind(
    isObject(context) && context['encounter'] !== undefined ? context['encounter'] : context,
    'Encounter',
  );
}

/** Of one reference, or of the first in a list that has one. */
function idBehind(given: JsonValue | undefined, type: string): string | null {
  const references: readonly JsonValue[] = Array.isArray(given) ? given : [given ?? null];
  for (const one of references) {
    const reference = isObject(one) ? one['reference'] : undefined;
    if (typeof reference !== 'string') continue;
    if (reference.startsWith('urn:') || reference.startsWith(`${type}?`)) return reference;
    const id = referencedId(reference, type);
    if (id !== null) return id;
  }
  return null;
}

/** When it was recorded; else when it happened or was to happen. Of a year or a month alone nothing is known to the day. */
const moments = [
  'recordedDate',
  'assertedDate',
  'authoredOn',
  'occurrenceDateTime',
  'performedDateTime',
  'occurredDateTime',
  'effectiveDateTime',
  'effectiveInstant',
  'dateAsserted',
  'recorded',
  'created',
  'date',
  'issued',
  'onsetDateTime',
  'startDate',
  'dateTime',
];
const periods = ['performedPeriod', 'effectivePeriod', 'occurrencePeriod', 'occurredPeriod', 'onsetPeriod', 'period'];

type Span = readonly [first: string | null, last: string | null];
const unknown: Span = [null, null];

function momentOf(resource: JsonObject, zone: string): Span {
  for (const name of moments) {
    const span = spanOf(resource[name], zone);
    if (span[0] !== null) return span;
  }
  for (const name of periods) {
    const period = resource[name];
    const span = isObject(period) ? spanOf(period['start'], zone) : unknown;
    if (span[0] !== null) return span;
  }
  return unknown;
}

/** R5 calls it `actualPeriod`. */
function periodOf({ period, actualPeriod }: JsonObject, zone: string): Span {
  const given = period ?? actualPeriod;
  return isObject(given) ? [spanOf(given['start'], zone)[0], spanOf(given['end'], zone)[1]] : unknown;
}

/** The first and the last instant that a date or time stands for. */
function spanOf(given: JsonValue | undefined, zone: string): Span {
  if (typeof given !== 'string') return unknown;
  const [meaning] = meaningsOf(given, zone).value ?? [];
  return meaning === undefined
    ? unknown
    : [new Date(meaning.firstMs).toISOString(), new Date(meaning.lastMs).toISOString()];
}
