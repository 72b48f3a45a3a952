import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../json.ts';
import type { Directory } from '../directory.ts';
import { objectAt, objectsAt, textAt } from '../messages/lookup.ts';
import type { QueryName } from '../messages/events.ts';
import type { StoredPatient } from '../repository.ts';
import { gatewayOid, type Site } from '../site.ts';
import type { DocumentList } from './document-list.ts';
import { found, noEndpoint, notFound, unauthorized, type Finding } from './finding.ts';
import type { PatientSearch } from './patient-search.ts';
import type { QueryAnswers } from './query-answers.ts';

interface NetworkParts {
  readonly site: Site;
  readonly search: PatientSearch;
  readonly documents: DocumentList;
  readonly directory: Directory;
}

/** Another organisation, which knows every patient and answers no query. */
const neighbour = { name: 'Lakeside Clinic', oid: '2.16.840.1.113883.3.6147.458.88888.1.1.1.1' };

/** Where a patient's id in the network comes from. */
const networkOid = `${gatewayOid}.1`;

/** Queries through Carequality: the record locator, one organisation, and its documents. */
export class Network {
  readonly #parts: NetworkParts;
  /** Patients by the ids that the record locator gave them. */
  readonly #located = new Map<string, StoredPatient>();
  readonly #polls = new Map<string, number>();

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** The record locator: demographics become a network id, which becomes the organisations that know the patient. */
  locate(event: QueryName, query: JsonObject, answers: QueryAnswers): Finding {
    const objection = objectionTo(query, this.#parts.site);
    if (objection !== null) return unauthorized(objection);
    if (event === 'PatientSearch:LocationQuery') return this.#organizations(query, answers);
    return this.#search(query, answers, (patient) => this.#underNetworkId(patient));
  }

  searchOne(query: JsonObject, answers: QueryAnswers): Finding {
    const fault = this.#faultOf(query);
    if (fault !== null) return fault;
    if (answers.ownOrganization === 'excluded') return found({ Patient: {} });
    const { organizationOid, patientOid } = this.#parts.site;
    const IDType = answers.networkIds === 'patient_oid' ? patientOid : organizationOid;
    return this.#search(query, answers, ({ id, demographics }) => ({
      Identifiers: [{ ID: id, IDType }],
      Demographics: demographics,
    }));
  }

  documents(event: QueryName, query: JsonObject, answers: QueryAnswers): Finding {
    const fault = this.#faultOf(query);
    if (fault !== null) return fault;
    const { documents } = this.#parts;
    if (event === 'Clinical Summary:DocumentGet') return documents.get(query, answers);
    const facility = textAt(query, 'Meta', 'FacilityCode');
    const [identifier] = objectsAt(query, 'Patient', 'Identifiers').filter(({ IDType }) => IDType === facility);
    const isKnown = identifier !== undefined && answers.ownOrganization !== 'excluded';
    return documents.list(query, isKnown ? textAt(identifier, 'ID') : null, answers);
  }

  clear(): void {
    this.#located.clear();
    this.#polls.clear();
  }

  #search(query: JsonObject, answers: QueryAnswers, shown: (patient: StoredPatient) => JsonObject): Finding {
    const { search, site } = this.#parts;
    const patient = inRepositorysTerms(objectAt(query, 'Patient') ?? {}, site);
    return answers.matching === 'partial'
      ? search.answerPartially(patient, answers, shown)
      : search.answer(patient, answers, shown);
  }

  /** A network id changes with the record. */
  #underNetworkId(patient: StoredPatient): JsonObject {
    const { id, demographics } = patient;
    const ID = createHash('sha256')
      .update(JSON.stringify([id, demographics]))
      .digest('hex')
      .slice(0, 24);
    this.#located.set(ID, patient);
    return { Identifiers: [{ ID, IDType: networkOid }], Demographics: demographics };
  }

  #organizations(query: JsonObject, answers: QueryAnswers): Finding {
    const { search, site } = this.#parts;
    const id = objectsAt(query, 'Patient', 'Identifiers').find(({ IDType }) => IDType === networkOid)?.['ID'];
    const patient = typeof id === 'string' ? this.#located.get(id) : undefined;
    if (typeof id !== 'string' || patient === undefined || !search.holds(patient)) return notFound;
    const polls = this.#polls.get(id) ?? answers.locatorPolls ?? 1;
    if (polls > 0 && answers.taskStatus !== 'left_out') {
      this.#polls.set(id, polls - 1);
      return found({ Patients: [] }, taskStatus('Active'));
    }
    this.#polls.delete(id);
    if (answers.taskStatus === 'error') return found({ Patients: [] }, taskStatus('Error'));
    const own = { Identifiers: [{ ID: patient.id, IDType: site.organizationOid }], Organization: organization(site) };
    return found(
      { Patients: answers.ownOrganization === 'excluded' ? [atNeighbour(id)] : [atNeighbour(id), own] },
      answers.taskStatus === 'left_out' ? {} : taskStatus('Success'),
    );
  }

  #faultOf(query: JsonObject): Finding | null {
    const { site, directory } = this.#parts;
    const facility = textAt(query, 'Meta', 'FacilityCode');
    const objection = facility === null ? missing('FacilityCode') : objectionTo(query, site);
    if (objection !== null) return unauthorized(objection);
    const isKnown = facility === site.organizationOid || facility === gatewayOid;
    return isKnown && directory.organizations.get(facility)?.active !== false ? null : noEndpoint;
  }
}

const taskStatus = (status: string): JsonObject => ({ Extensions: { 'task-status': { string: status } } });

const organization = ({ organizationOid }: Site): JsonObject => ({
  Name: 'Your organization',
  Identifiers: [{ ID: organizationOid, IDType: 'OID' }],
});

const atNeighbour = (networkId: string): JsonObject => ({
  Identifiers: [{ ID: networkId.slice(0, 8), IDType: neighbour.oid }],
  Organization: {
    Name: neighbour.name,
    Identifiers: [
      { ID: '4711', IDType: 'FACID' },
      { ID: neighbour.oid, IDType: 'OID' },
    ],
  },
});

/** Outside the repository, its patients have the organisation's OID. */
const inRepositorysTerms = (patient: JsonObject, { organizationOid, patientOid }: Site): JsonObject => ({
  ...patient,
  Identifiers: objectsAt(patient, 'Identifiers').map((identifier) =>
    identifier['IDType'] === organizationOid ? { ...identifier, IDType: patientOid } : identifier,
  ),
});

const missing = (path: string): string => `Required field missing - Meta.${path}`;

const homeCommunity =
  'XDSMissingHomeCommunityId: A value for the homeCommunityId is required and has not been specified';

/** Who asks, and why. */
function objectionTo(query: JsonObject, { organizationOid }: Site): string | null {
  const text = (name: string): string | null => textAt(query, 'Meta', 'Extensions', name, 'string');
  const code = (name: string): string | null => textAt(query, 'Meta', 'Extensions', name, 'coding', 'code');
  if (text('sender-organization-id') !== organizationOid) return homeCommunity;
  if (code('purpose-of-use') !== 'TREATMENT') return missing('Extensions.purpose-of-use');
  if ((code('user-role') ?? '') === '') return missing('Extensions.user-role');
  const name = ['organization-name', 'user-id'].find((extension) => (text(extension) ?? '') === '');
  return name === undefined ? null : missing(`Extensions.${name}`);
}
