/**
 * The same questions through Carequality, for acceptance tests outside production: a search of one's own organisation, the record
 * locator (a search for the network's id of the patient, then the organisations that know this id), and the organisation's documents.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Listing } from '../../decide/audit/assess.ts';
import type { Search } from '../../decide/audit/search.ts';
import { hasIdentifier, matchKeysOf } from '../../decide/audit/same-patient.ts';
import { RefusedFault } from '../../fault.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { present, userExtensions } from '../../message/parts.ts';
import type { NetworkUser } from '../../message/context.ts';
import { largestList, openAsker, type QueryOptions } from './asker.ts';
import { type Answer, documentIn, listingIn, searchIn } from './parse-answer.ts';
import type { Queries } from './queries.ts';

export interface NetworkOptions extends QueryOptions {
  readonly user: NetworkUser;
  /** For tests: the wait before the second look at the record locator. */
  readonly pollMs?: number;
}

/** The destinations of queries outside production, the same for every customer (Redox, "Request patient documents"). */
const destinations = {
  recordLocator: 'adf917b5-1496-4241-87e2-ed20434b1fdb',
  oneOrganization: '1ca254a8-8d42-4593-abb4-b21399d9de57',
  documents: 'ec745338-8849-43ad-a7ce-4bc5bf1d8b89',
} as const;
type Destination = keyof typeof destinations;

/** The record locator asks other organisations, which may take long. */
const mostPolls = 12;

const unanswered: Search & { readonly kind: 'unanswered' } = { kind: 'unanswered' };
const nobody: Search = { kind: 'answered', patients: [], isIncomplete: false };

export function openNetworkQueries(options: NetworkOptions): Queries {
  const { redox, user, signal, pollMs = 1_000 } = options;
  const { sourceId, organizationOid, patientOid } = redox;
  const asker = openAsker(options);

  const metaOf = (dataModel: string, event: string, destination: Destination): JsonObject =>
    present({
      DataModel: dataModel,
      EventType: event,
      EventDateTime: new Date().toISOString(),
      Test: true,
      Source: { ID: sourceId },
      Destinations: [{ ID: destinations[destination] }],
      // The record locator asks all organisations.
      FacilityCode: destination === 'recordLocator' ? undefined : organizationOid,
      Extensions: userExtensions(user, organizationOid),
    });
  const ask = async (
    [dataModel, event]: readonly [string, string],
    destination: Destination,
    rest: JsonObject,
    keptBytes = largestList,
  ): Promise<Answer> => {
    const query = { Meta: metaOf(dataModel, event, destination), ...rest };
    const answer = await asker.ask(JSON.stringify(query), keptBytes);
    if (answer.kind === 'refused') throw notAllowed(`${dataModel}.${event}`, answer.why);
    signal.throwIfAborted();
    return answer;
  };

  const search = async (destination: Destination, keys: JsonObject): Promise<Search> => {
    const answer = await ask(['PatientSearch', 'Query'], destination, { Patient: { Demographics: keys } });
    if (answer.kind === 'nothing') return nobody;
    return (answer.kind === 'answered' ? searchIn(answer.body) : null) ?? unanswered;
  };

  /** The organisations that know a patient of the network; null if the id is stale or the locator does not finish. */
  const locate = async (identifier: JsonValue): Promise<readonly JsonObject[] | null> => {
    for (let polls = 0; polls < mostPolls; polls += 1) {
      if (polls > 0) await sleep(Math.min(10_000, pollMs * 2 ** (polls - 1)), undefined, { signal });
      const patient = { Patient: { Identifiers: [identifier] } };
      const answer = await ask(['PatientSearch', 'LocationQuery'], 'recordLocator', patient);
      const status = answer.kind === 'answered' ? taskStatusOf(answer.body) : null;
      if (answer.kind !== 'answered' || status === 'error') return null;
      if (status !== 'active') return objectsIn(answer.body['Patients']);
    }
    return null;
  };

  /** The identifier in this organisation, under the OID that the repository has it under. */
  const asInRepository = (patient: JsonObject): JsonObject => ({
    ...patient,
    Identifiers: objectsIn(patient['Identifiers']).map(({ ID = null, IDType = null }) => ({
      ID,
      IDType: IDType === organizationOid ? patientOid : IDType,
    })),
  });

  const locateAll = async (keys: JsonObject): Promise<Search | null> => {
    const found = await search('recordLocator', keys);
    if (found.kind === 'unanswered') return found;
    const hits: JsonObject[] = [];
    for (const patient of found.patients) {
      const [identifier] = objectsIn(patient['Identifiers']);
      const located = identifier === undefined ? [] : await locate(identifier);
      if (located === null) return null;
      hits.push(...located.map((place) => asInRepository({ ...patient, ...place })));
    }
    return { ...found, patients: hits };
  };

  return {
    byIdentifier: async ({ mrn, sent }) => {
      const keys = matchKeysOf(sent);
      // The network finds by demographics alone.
      const found = keys === null ? unanswered : await search('oneOrganization', keys);
      if (found.kind === 'unanswered') return found;
      const own = found.patients.map(asInRepository).filter((patient) => hasIdentifier(patient, mrn, patientOid));
      return { ...found, patients: own.map((patient) => withFurtherIdentifiers(patient, sent, patientOid)) };
    },
    byMrn: null,
    byKeys: async (keys) =>
      // A network id changes with the record, so a stale one is sought once more.
      (await locateAll(keys)) ?? (await locateAll(keys)) ?? unanswered,
    documentsOf: async (mrn) => {
      const patient = { Patient: { Identifiers: [{ ID: mrn, IDType: organizationOid }] } };
      const answer = await ask(['Clinical Summary', 'DocumentQuery'], 'documents', patient);
      if (answer.kind === 'nothing') return { kind: 'answered', documents: [] };
      return (answer.kind === 'answered' ? listingIn(answer.body) : null) ?? unansweredListing;
    },
    document: async (id) => {
      const most = 2 * options.documentSizeLimitBytes + largestList;
      const answer = await ask(['Clinical Summary', 'DocumentGet'], 'documents', { Document: { ID: id } }, most);
      return answer.kind === 'answered' ? documentIn(answer.body) : null;
    },
    takeMade: () => asker.takeMade(),
    close: () => asker.close(),
  };
}

const unansweredListing: Listing = { kind: 'unanswered' };

/** The network tells the organisation's identifier alone, so nothing shows that further ones are missing. */
function withFurtherIdentifiers(patient: JsonObject, sent: JsonObject, patientOid: string): JsonObject {
  const further = objectsIn(sent['Identifiers']).filter(({ IDType }) => IDType !== patientOid);
  return { ...patient, Identifiers: [...objectsIn(patient['Identifiers']), ...further] };
}

/** `active` while the locator is at work. Redox's documentation lacks this field, so its absence is an end too. */
function taskStatusOf(body: JsonObject): string | null {
  const [meta] = objectsIn([body['Meta'] ?? null]);
  const [extensions] = objectsIn([meta?.['Extensions'] ?? null]);
  const [status] = objectsIn([extensions?.['task-status'] ?? null]);
  const text = status?.['string'];
  return typeof text === 'string' ? text.toLowerCase() : null;
}

const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter((one) => isObject(one)) : [];

const notAllowed = (event: string, why: string): RefusedFault =>
  new RefusedFault(
    `${event} through Carequality was refused (${whys[why] ?? why}), so nothing was assessed. Redox answers like this where a field of Meta is ` +
      'missing or wrong, or where the directory lacks the organisation: check ORGANIZATION_OID and the CAREQUALITY_ settings, run ' +
      '`organization check`, and ask Redox to subscribe your source to its query destinations; then start the job again.',
  );

const whys: Readonly<Record<string, string>> = {
  no_subscription: 'no subscription',
  no_endpoint: 'the directory has no endpoint for ORGANIZATION_OID',
  http_401: 'HTTP 401',
  http_403: 'HTTP 403',
};
