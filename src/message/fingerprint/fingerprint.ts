/**
 * Keyed fingerprints: 128 bits of SHA-256 over the ledger's data key, the fingerprint's subject and the text. Entity,
 * id and group are part of the input, so equal values of two people have different fingerprints (decision 1).
 * Truncating the digest also prevents the length extension that a prefixed key would allow.
 *
 * The scan hashes one buffer at a time, in under a microsecond per row.
 */
import { createHash, hash } from 'node:crypto';
import type { Entity, Subject } from '../../contract/contract.ts';
import { groupLines, type FieldGroup, groupsOf } from './field-group.ts';
import { type SectionRows, sections as sectionNames } from '../../contract/section.ts';
import { detailColumns, patientDetails, type PatientDetails } from '../../contract/patient-details.ts';
import { rowsText, sectionText } from '../../contract/section/rows.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

/** 32 hex digits. */
export type Fingerprint = string;

const fingerprintDigits = 32;

/** Hex digits of each group's part in `groups`: eight bytes are enough to detect a change of one row's own value. */
const groupDigits = 16;

export interface Fingerprints {
  /** The fingerprint of a row's COPY line without `updated_at`, in one piece or in two. The line begins with the key, so the id is included. */
  readonly row: (entity: Entity, line: Buffer, tail?: Buffer) => Fingerprint;
  /** The fingerprint of the scanned lines of a chunk. `meaning`: the version of the stage, and the columns of the lines. */
  readonly chunk: (entity: Entity, meaning: string, lines: Buffer) => Fingerprint;
  /** The fingerprint of a message in the form that `comparable` returns. */
  readonly message: (entity: Subject, id: string, comparable: string) => Fingerprint;
  /** The fingerprints of all field groups in fixed order, concatenated. */
  readonly groups: (
    entity: Entity,
    id: string,
    row: Readonly<Record<string, string | null>>,
    /** For a visit: what `sections` returns. */
    sectionDigests?: readonly number[],
  ) => string;
  /** The digests of the rows of each section of a visit, in the order of `section.ts`, 32 bits each; 0 for a section without rows. */
  readonly sections: (encounterId: string, rows: SectionRows) => readonly number[];
  /** The same of a patient's own content, in the order of `patientDetails`. */
  readonly details: (patientId: string, details: PatientDetails) => readonly number[];
}

export function openFingerprints(dataKey: Buffer): Fingerprints {
  const hashers = new Map<string, BytesHasher>();
  const ofBytes = (front: string, bytes: Buffer, tail: Buffer = nothing): Fingerprint => {
    let hasher = hashers.get(front);
    if (hasher === undefined) hashers.set(front, (hasher = bytesHasher(dataKey, front)));
    return hasher(bytes, tail);
  };
  const ofText = textHasher(dataKey);
  return {
    row: (entity, line, tail) => ofBytes(rowFronts[entity], line, tail),
    chunk: (entity, meaning, lines) => ofBytes(ofParts('chunk', entity, meaning), lines),
    message: (entity, id, comparable) => ofText(ofParts('message', entity, id), comparable),
    groups: (entity, id, row, sectionDigests = []) => {
      const front = ofParts('group', entity, id);
      return groupLines(entity, row, sectionDigests)
        .map(({ group, text }) => ofText(front + ofParts(group), text).slice(0, groupDigits))
        .join('');
    },
    sections: (encounterId, rows) =>
      sectionNames.map((section) => {
        const text = sectionText(section, rows);
        return text === null ? 0 : signed32(ofText(ofParts('section', encounterId, section), text));
      }),
    details: (patientId, details) =>
      patientDetails.map((part) => {
        const rows = details[part] ?? [];
        if (rows.length === 0) return 0;
        return signed32(ofText(ofParts('detail', patientId, part), rowsText(detailColumns[part], rows)));
      }),
  };
}

/** The groups that differ between two results of `groups`; null if the former is unknown. */
export function changedGroups(
  entity: Entity,
  before: string | null,
  after: string | null,
): readonly FieldGroup[] | null {
  if (before === null || after === null) return null;
  return groupsOf(entity).filter((_, index) => {
    const at = index * groupDigits;
    return before.slice(at, at + groupDigits) !== after.slice(at, at + groupDigits);
  });
}

type BytesHasher = (bytes: Buffer, tail: Buffer) => Fingerprint;

const nothing: Buffer = Buffer.alloc(0);

/**
 * Keeps the key and the subject at the start of one growing buffer, so that a fingerprint takes one copy and one hash.
 * It allocates no hash objects, because their memory outlives minor garbage collections.
 */
function bytesHasher(dataKey: Buffer, front: string): BytesHasher {
  const prefix = Buffer.concat([dataKey, Buffer.from(front)]);
  let scratch = Buffer.alloc(64 * 1024);
  prefix.copy(scratch);
  return (bytes, tail) => {
    const length = prefix.length + bytes.length + tail.length;
    if (length > scratch.length) {
      scratch = Buffer.alloc(length * 2);
      prefix.copy(scratch);
    }
    scratch.set(bytes, prefix.length);
    scratch.set(tail, prefix.length + bytes.length);
    return digest(scratch.subarray(0, length));
  };
}

/** The same for texts. A long one is hashed by itself: joined with what is before it, or kept as bytes, it would take its size once more. */
function textHasher(dataKey: Buffer): (front: string, text: string) => Fingerprint {
  const scratch = Buffer.alloc(256 * 1024);
  dataKey.copy(scratch);
  return (before, text) => {
    const front = `${before}${text.length}:`;
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (dataKey.length + 3 * (front.length + text.length) > scratch.length) {
      return createHash('sha256').update(dataKey).update(front).update(text).digest('hex').slice(0, fingerprintDigits);
    }
    const start = dataKey.length + scratch.write(front, dataKey.length);
    return digest(scratch.subarray(0, start + scratch.write(text, start)));
  };
}

const ofParts = (...parts: readonly string[]): string => parts.map(lengthPrefixed).join('');

/** Prefixes each part with its length, so that different lists of parts always give different bytes. */
const lengthPrefixed = (text: string): string => `${text.length}:${text}`;

const rowFronts: Readonly<Record<Entity, string>> = {
  patient: ofParts('row', 'patient'),
  merge: ofParts('row', 'merge'),
  encounter: ofParts('row', 'encounter'),
};

/** As a Postgres `integer`. */
const signed32 = (fingerprint: Fingerprint): number => Number.parseInt(fingerprint.slice(0, 8), 16) | 0;

const digest = (bytes: Buffer): Fingerprint => hash('sha256', bytes, 'hex').slice(0, fingerprintDigits);

/**
 * The text whose fingerprint decides whether a message has news for Redox: the message as canonical JSON (keys in code-unit order,
 * no white space), without the parts that may change while the content stays the same:
 *
 * - `Meta`: sender, target and time; but whether it names a user, as some networks ask
 * - `Header.Document.VersionNumber` and `DateTime`: grow with every push
 * - `Header.Patient.Demographics` of a VisitPush: a changed address is one PatientUpdate, not a thousand documents; but
 *   whether they have a social security number, so that a document loses it where it is no longer to be sent
 * - name, address and phone of the sender: a new phone number must not send every document again
 * - `Header.Patient.Identifiers` of a VisitPush: a PatientMerge moves documents at Redox without a push, and an undone merge
 *   calls them back, so only the ledger knows each document's owner
 */
export const comparable = (message: JsonObject): string => canonicalObject(message, incidentals);

/** The part of a field that the comparison ignores: all of it, or its content but not its presence. `*` is every other key. */
type Incidental = 'all' | 'content' | Incidentals;
type Incidentals = ReadonlyMap<string, Incidental>;

const only = (key: string): Incidentals =>
  new Map<string, Incidental>([
    [key, 'content'],
    ['*', 'all'],
  ]);
const within = (fields: Readonly<Record<string, Incidental>>): Incidentals => new Map(Object.entries(fields));

const organization = within({ Name: 'all', Address: 'all', Telecom: 'all' });

const incidentals = within({
  Meta: only('Extensions'),
  Header: within({
    Document: within({ VersionNumber: 'all', DateTime: 'all', Custodian: organization }),
    Patient: within({ Demographics: only('SSN'), Identifiers: 'all', Organization: organization }),
  }),
});

/** Writes text directly, which is several times as fast as sorting the message for JSON.stringify. */
const canonical = (value: JsonValue | undefined, leftOut?: Incidentals): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isObject(value)) return canonicalObject(value, leftOut);
  return isList(value) ? canonicalList(value) : JSON.stringify(value ?? null);
};

const canonicalObject = (object: JsonObject, leftOut?: Incidentals): string => {
  let text = '';
  for (const key of inOrder(Object.keys(object))) {
    const part = leftOut?.get(key) ?? leftOut?.get('*');
    if (part === 'all') continue;
    const value = part === 'content' ? 'true' : canonical(object[key], part);
    if (part !== undefined && value === '{}') continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${value}`;
  }
  return `{${text}}`;
};

/** Sorts by insertion: an object has few keys, and `sort` makes three times as much garbage. */
function inOrder(keys: string[]): string[] {
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? '';
    let at = end;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
}

/** The few hundred names of fields. */
const quotedNames = new Map<string, string>();

function quoted(name: string): string {
  let text = quotedNames.get(name);
  if (text === undefined) quotedNames.set(name, (text = JSON.stringify(name)));
  return text;
}

const canonicalList = (list: readonly JsonValue[]): string => {
  let text = '';
  for (const item of list) text += `${text === '' ? '' : ','}${canonical(item)}`;
  return `[${text}]`;
};

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
