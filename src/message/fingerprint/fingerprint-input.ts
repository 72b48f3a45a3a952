import type { JsonObject, JsonValue } from '../../json.ts';

/**
 * The text whose fingerprint says whether a message would tell Redox anything new: the message as canonical JSON (keys in
 * code-unit order, no white space), without what may change while the content does not:
 *
 *   - `Meta`, which says who sends, where to and when
 *   - `Header.Document.VersionNumber`, which grows with every push
 *   - `Header.Patient.Demographics` of a VisitPush: a changed address is one PatientUpdate, not a thousand documents
 *   - `Header.Patient.Identifiers` of a VisitPush: a PatientMerge moves documents without a word in them, and an undone one
 *     calls them back, so whose document it is at Redox only the ledger can say
 */
export const comparable = (message: JsonObject): string => canonicalObject(message, incidentals);

/** Keys that are left out, and of others what is left out within them. */
type Incidentals = ReadonlyMap<string, 'all' | Incidentals>;

const incidentals: Incidentals = new Map<string, 'all' | Incidentals>([
  ['Meta', 'all'],
  [
    'Header',
    new Map<string, 'all' | Incidentals>([
      ['Document', new Map([['VersionNumber', 'all']])],
      [
        'Patient',
        new Map([
          ['Demographics', 'all'],
          ['Identifiers', 'all'],
        ]),
      ],
    ]),
  ],
]);

/** Written straight as text: to build the sorted message first, for JSON.stringify, took several times as long. */
const canonical = (value: JsonValue | undefined, leftOut?: Incidentals): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isObject(value)) return canonicalObject(value, leftOut);
  return isList(value) ? canonicalList(value) : JSON.stringify(value ?? null);
};

const canonicalObject = (object: JsonObject, leftOut?: Incidentals): string => {
  let text = '';
  for (const key of Object.keys(object).sort()) {
    const within = leftOut?.get(key);
    if (within === 'all') continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(object[key], within)}`;
  }
  return `{${text}}`;
};

const canonicalList = (list: readonly JsonValue[]): string => {
  let text = '';
  for (const item of list) text += `${text === '' ? '' : ','}${canonical(item)}`;
  return `[${text}]`;
};

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
