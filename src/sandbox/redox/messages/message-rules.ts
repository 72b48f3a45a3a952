import type { JsonObject, JsonValue } from '../../../json.ts';
import { checkOf, isOrganization, isQuery, type EventName, type QueryName } from './events.ts';
import { idsAt, objectsAt, textAt } from './lookup.ts';
import { missing, type Violation } from './check.ts';
import { gatewayOid, type Site } from '../site.ts';

/** All rules of a message that do not depend on what Redox already holds. */
export function violationsOf(event: EventName, message: JsonObject, site: Site): readonly Violation[] {
  const found: Violation[] = [];
  checkOf(event)(message, '', found);
  // The rules below read fields that only a message of the right shape has.
  return found.length > 0 ? found : ruleViolations(event, message, site);
}

function ruleViolations(event: EventName, message: JsonObject, site: Site): readonly Violation[] {
  return rulesFor(event).flatMap((rule) => rule(message, site));
}

function rulesFor(event: EventName): readonly Rule[] {
  if (isQuery(event)) return [exactlyOneDestination];
  return isOrganization(event) ? organizationRules : [...rulesOf[event], atLeastOneDestination];
}

/** A rule that the notation cannot say. */
type Rule = (message: JsonValue, site: Site) => readonly Violation[];

/** One identifier must stand under the OID that Redox issued for patients: it links the message to the repository. */
const hasPatientOid =
  (...path: readonly string[]): Rule =>
  (message, site) =>
    idsAt(message, site.patientOid, ...path).length > 0
      ? []
      : [{ path: path.join('.'), rule: 'must have an entry whose IDType is the patient OID' }];

const atLeastOneDestination: Rule = (message) =>
  objectsAt(message, 'Meta', 'Destinations').length > 0 ? [] : [{ path: 'Meta.Destinations', rule: missing }];

const retiresAnother: Rule = (message, site) => {
  const survivors = idsAt(message, site.patientOid, 'Patient', 'Identifiers');
  return idsAt(message, site.patientOid, 'Patient', 'PreviousIdentifiers').some((id) => survivors.includes(id))
    ? [{ path: 'Patient.PreviousIdentifiers', rule: 'must not name the survivor' }]
    : [];
};

const documentIdIsUnique: Rule = (message, site) => {
  const id = textAt(message, 'Header', 'Document', 'ID') ?? '';
  const prefix = `${site.documentOid}^`;
  const holds = uuid4.test(id) || (id.startsWith(prefix) && id.length > prefix.length);
  return holds
    ? []
    : [{ path: 'Header.Document.ID', rule: 'must be a UUID of version 4, or <document OID>^<your id>' }];
};

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The names of the document types that a responder sends, by their LOINC code. Redox's samples print a name as `Type`. */
const documentTypes: Readonly<Record<string, readonly string[]>> = {
  '34133-9': ['summarization of episode note', 'summary of episode note'],
  '11506-3': ['progress note'],
  '18842-5': ['discharge summary'],
};

const documentTypeIsThatOfItsCode: Rule = (message) => {
  const code = textAt(message, 'Header', 'Document', 'TypeCode', 'Code') ?? '';
  const type = textAt(message, 'Header', 'Document', 'Type') ?? '';
  return type === code || documentTypes[code]?.includes(type.toLowerCase()) === true
    ? []
    : [{ path: 'Header.Document.Type', rule: 'must be the code in TypeCode, or its name' }];
};

const exactlyOneDestination: Rule = (message) =>
  objectsAt(message, 'Meta', 'Destinations').length === 1
    ? []
    : [{ path: 'Meta.Destinations', rule: 'must name exactly one destination' }];

const hasOrganizationOid: Rule = (message) => {
  const organizations = objectsAt(message, 'Organizations');
  if (organizations.length === 0) return [{ path: 'Organizations', rule: 'must have an entry' }];
  return organizations.flatMap((organization, index) =>
    idsAt(organization, 'OID', 'Identifiers').length > 0
      ? []
      : [{ path: `Organizations[${index}].Identifiers`, rule: 'must have an entry whose IDType is OID' }],
  );
};

/** Where Redox's customers hang in the Carequality tree: its gateway, or that of direct responders. */
const gatewayOids = [gatewayOid, '2.16.840.1.113883.3.6147.458.3'];

/** Only the top of an organisation is under a gateway; all else is below the organisation. */
const isPartOfItsParent: Rule = (message, site) =>
  objectsAt(message, 'Organizations').flatMap((organization, index) => {
    const oids = idsAt(organization, 'OID', 'Identifiers');
    const parent = textAt(organization, 'PartOf', 'Identifier', 'Value') ?? '';
    const isAstray = oids.includes(parent) || (!oids.includes(site.organizationOid) && gatewayOids.includes(parent));
    const path = `Organizations[${index}].PartOf.Identifier.Value`;
    return isAstray ? [{ path, rule: 'must be the parent: a gateway for your own OID, your own OID below it' }] : [];
  });

const organizationRules: readonly Rule[] = [exactlyOneDestination, hasOrganizationOid, isPartOfItsParent];

const rulesOf: Readonly<Record<Exclude<EventName, QueryName | `Organization:${string}`>, readonly Rule[]>> = {
  'PatientAdmin:NewPatient': [hasPatientOid('Patient', 'Identifiers')],
  'PatientAdmin:PatientUpdate': [hasPatientOid('Patient', 'Identifiers')],
  'PatientAdmin:PatientMerge': [
    hasPatientOid('Patient', 'Identifiers'),
    hasPatientOid('Patient', 'PreviousIdentifiers'),
    retiresAnother,
  ],
  'Clinical Summary:VisitPush': [
    hasPatientOid('Header', 'Patient', 'Identifiers'),
    documentIdIsUnique,
    documentTypeIsThatOfItsCode,
  ],
};
