import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

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
  for (const key of Object.keys(object).sort()) {
    const part = leftOut?.get(key) ?? leftOut?.get('*');
    if (part === 'all') continue;
    const value = part === 'content' ? 'true' : canonical(object[key], part);
    if (part !== undefined && value === '{}') continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  }
  return `{${text}}`;
};

const canonicalList = (list: readonly JsonValue[]): string => {
  let text = '';
  for (const item of list) text += `${text === '' ? '' : ','}${canonical(item)}`;
  return `[${text}]`;
};

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
