import type { EventName } from '../../../../src/redox/schema/messages.ts';

/** Why a field that Redox has a place for is not sent. The first pattern that matches a path decides. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^Meta\.(?:Source|Destinations)\.Name$/, 'Redox finds both by their ids'],
  [/^Meta\.FacilityCode$/, 'for queries through the network'],
  [/^Meta\.(?:Message|Transmission)\./, 'set by Redox, and gone from its schema of 2026'],
  [/^Meta\.Extensions$/, '`NETWORK` asks for them in messages about a patient'],
  [/^Header\.DirectAddress/, 'documents are not sent by Direct mail'],
  [/^Header\.Document\.RelatesTo\./, '`SetID` and `VersionNumber` link the versions of a document'],
  [
    /^Header\..*\.(?:Custodian|Organization)\.Type\./,
    '`ORGANIZATION_FILE` has a type of the directory, which is another list',
  ],
  [/^CareTeams\.Organization\./, 'no column: the document names one organisation, its sender'],
  [/(?:Author|PCP|Providers)\.Location\./, 'the place of the visit is in `Visit.Location` and `Encounters.Locations`'],
  [/(?:Author|PCP|Identifiers)\.Type$/, '`IDType` says it'],
  [/DepartmentIdentifiers\./, 'no column: a department has a name alone'],
  [/^(?:CareTeams|Results)\.Encounter\./, 'a document has one visit, in `Encounters`'],
  [/\.AltCodes\./, 'no column: the contract has further codes for the subject of a row'],
  [/Address\.Use$/, 'no column: the contract has one address of each kind'],
  [/\.Comment$/, 'an older field; remarks are in `Comments`'],
  [/^Goals\.Milestones\.(?:CodedValue|Priority)\./, 'no column'],
  [/^Immunizations\.AdministrationHistory\./, '`DateTime` says it'],
  [/^MedicalEquipment\.Product\.Status\./, '`MedicalEquipment.Status` says it'],
  [/^Results\.Observations\.FileType$/, 'no column: files are notes'],
  [/^MedicationsAdministered\.Indications\./, 'no column'],
  [/^Patient\.Allergies\./, 'documents have the allergies, with codes by OID'],
  [/^Patient\.Diagnoses\./, 'documents have the diagnoses'],
  [/^Patient\.Guarantor\./, 'no column: who pays is of no use to a clinician elsewhere'],
  [/^(?:Patient\.)?Insurances\.Insured\.SSN$/, 'a reader can do without it'],
  [/^Patient\.(?:Demographics\.Citizenship|Notes|Contacts\.MiddleName)$/, 'no column'],
  [/^Organizations\.Endpoints\./, 'Redox answers at its own endpoints'],
];

/** Undefined where nobody has said why. */
export const reasonFor = (_event: EventName, path: string): string | undefined =>
  reasons.find(([pattern]) => pattern.test(path))?.[1];
