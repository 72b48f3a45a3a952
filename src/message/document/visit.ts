import type { EncounterColumn, EncounterRow, PatientRow } from '../../contract/contract.ts';
import { cleanedRow, RowReader } from '../../contract/row/cleaned-row.ts';
import { encounterForms } from '../../contract/contract-forms.ts';
import { readEventPeriod } from '../../values/time/event-time.ts';
import { type Finding, leftOut, read, type Reading } from '../../values/reading.ts';
import type { VisitTimes } from '../../contract/row/visit-state.ts';
import type { SectionRows } from '../../contract/section.ts';
import { readEncounterClass, readEncounterStatus, type EncounterStatus } from '../../values/encounter.ts';
import { loinc, idTypes } from '../code-system.ts';
import { codedValue, dischargeDisposition, meta, present, type Draft } from '../parts.ts';
import type { Built, MessageContext } from '../context.ts';
import { clinicalSummaryDemographics, readDemographics } from '../demographics.ts';
import { readClinician, type Clinician } from './clinician.ts';
import { documentTypeFields, documentTypeOf, type DocumentVersion, senderOf } from './header.ts';
import { encounterText } from './encounter-text.ts';
import { readPlace, type VisitPlace } from './visit-place.ts';
import { patientIdentifier } from '../patient.ts';
import { buildSections } from './sections.ts';
import type { TeamClinicians } from '../section/care-team.ts';
import { paragraph } from './narrative.ts';
import { wordedCode } from '../wording.ts';
import { lookup, saysNothing } from '../../values/word.ts';

/**
 * Clinical Summary.VisitPush: one visit as one document.
 *
 * The findings are about the columns of the encounter and its sections; those of the patient's row belong to the
 * patient's own messages. Without sections the message has the header and the visit, in code and in words.
 */
export const buildVisitPush = (
  encounter: EncounterRow,
  patient: PatientRow,
  { mrn, version, wasDeathSent = false }: Push,
  context: MessageContext,
  sections: SectionRows = {},
): BuiltVisit => {
  const findings: Finding[] = [];
  const row = cleanedRow<EncounterColumn>(encounter, encounterForms, findings) as EncounterRow;
  const visit = readVisit(new RowReader<EncounterColumn>(row, findings), context);
  const { demographics, saysDead } = demographicsOf(patient, wasDeathSent, context);
  const clinical = buildSections(sections, context, visitReference(encounter.encounter_id, visit));
  const sender = senderOf(context);
  const message = present({
    Meta: meta('VisitPush', context),
    Header: {
      Document: document(encounter.encounter_id, version, visit, sender, context),
      Patient: {
        Identifiers: [patientIdentifier(mrn, context)],
        Demographics: demographics,
        Organization: sender,
      },
      PCP: clinical.team.primary,
    },
    // From here on, each section of a Clinical Summary has its own top-level key.
    Encounters: [
      {
        ...encounterEntry(encounter.encounter_id, visit),
        Providers: providersOf(visit.clinician, clinical.team),
        Diagnosis: clinical.diagnoses,
      },
    ],
    EncountersText: encounterText(row, context),
    ReasonForVisit: [reasonForVisit(visit.reason)],
    ReasonForVisitText: paragraph(wordedCode(row, 'reason_'), ''),
    ...clinical.json,
  });
  const times = { start: visit.start, end: visit.end, isContradictory: visit.isContradictory };
  return { message, findings: [...findings, ...clinical.findings], saysDead, times };
};

/** The times in the message, for the plausibility check. */
export interface BuiltVisit extends Built {
  readonly times: VisitTimes;
}

/** The parts of a push that only the ledger knows. */
export interface Push {
  /** The MRN under which Redox has the patient. */
  readonly mrn: string;
  /** Its number is higher than in every earlier push of the visit. */
  readonly version: DocumentVersion;
  /** As in the patient's own message, so that documents and patient agree; false if death is not mentioned. */
  readonly wasDeathSent?: boolean;
}

interface KnownDemographics {
  readonly context: MessageContext;
  readonly wasDeathSent: boolean;
  readonly demographics: Draft;
  readonly saysDead: boolean;
}

/** Cached for as long as the fetched row is in memory, because every visit of a patient repeats the demographics. */
const demographicsOfRows = new WeakMap<PatientRow, KnownDemographics>();

export const demographicsOf = (
  patient: PatientRow,
  wasDeathSent: boolean,
  context: MessageContext,
): KnownDemographics => {
  const known = demographicsOfRows.get(patient);
  if (known?.context === context && known.wasDeathSent === wasDeathSent) return known;
  const read = readDemographics(patient, { wasDeathSent }, context);
  const demographics = clinicalSummaryDemographics(read, context);
  const fresh = { context, wasDeathSent, demographics, saysDead: read.saysDead };
  demographicsOfRows.set(patient, fresh);
  return fresh;
};

/** An encounter's row in Redox's values; `Header` and `Encounters` share most of them. */
interface Visit {
  readonly documentType: ReturnType<typeof documentTypeOf>;
  readonly status: EncounterStatus | undefined;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly isContradictory: boolean;
  readonly type: Draft;
  readonly reason: ReturnType<typeof codedValue>;
  readonly reasonName: string | undefined;
  readonly place: VisitPlace;
  readonly clinician: Clinician;
  readonly confidentiality: Draft;
  readonly dischargeDisposition: Draft;
}

const readVisit = (row: RowReader<EncounterColumn>, context: MessageContext): Visit => {
  const period = readEventPeriod(row.text('started_at'), row.text('ended_at'), context);
  const start = row.keep('started_at', period.start);
  const end = row.keep('ended_at', period.end);
  const status = row.read('status', readEncounterStatus);
  const discharged = status === 'finished' || (status === undefined && end !== undefined);
  return {
    documentType: documentTypeOf(row.read('class', readEncounterClass) ?? 'other', discharged),
    status,
    start,
    end,
    isContradictory: period.end.problems.includes('end_before_start'),
    type: codedValue(row, 'type_'),
    reason: codedValue(row, 'reason_'),
    reasonName: row.text('reason_name'),
    place: readPlace(row, context),
    clinician: readClinician(row, context),
    confidentiality: row.read('confidentiality', readConfidentiality),
    dischargeDisposition: row.read('discharge_disposition', dischargeDisposition),
  };
};

const document = (
  encounterId: string,
  version: DocumentVersion,
  visit: Visit,
  sender: Draft,
  context: MessageContext,
): Draft => {
  const { name } = visit.documentType;
  // The same on every push of the visit, and unique across Carequality because the OID is our own.
  const id = `${context.documentOid}^${encounterId}`;
  return {
    ID: id,
    // The pushes of a visit are versions of one document. In HL7's CDA (R2, 4.2.1.7 and 4.2.1.8) the set id stays the
    // same and the version number, an integer, grows.
    SetID: id,
    VersionNumber: String(version.number),
    Title: visit.place.name === undefined ? name : `${visit.place.name}: ${name}`,
    DateTime: version.madeAt.toISOString(),
    ...documentTypeFields(visit.documentType, context.documentType),
    Locale: 'US',
    Confidentiality: visit.confidentiality,
    Author: visit.clinician.author,
    Custodian: sender,
    Visit: headerVisit(encounterId, visit),
  };
};

const headerVisit = (encounterId: string, visit: Visit): Draft => ({
  VisitNumber: encounterId,
  StartDateTime: visit.start,
  EndDateTime: visit.end,
  Reason: visit.reasonName,
  Type: visit.type,
  Location: visit.place.location,
  DischargeDisposition: visit.dischargeDisposition,
});

/** HL7 v3 ActStatus; Redox's samples use its `completed`. */
const actStatus: Readonly<Record<EncounterStatus, string>> = {
  planned: 'new',
  open: 'active',
  finished: 'completed',
  cancelled: 'cancelled',
};

/** The visit as other parts of the document refer to it. */
const visitReference = (encounterId: string, visit: Visit): Readonly<Record<string, Draft>> => ({
  Identifiers: [{ ID: encounterId, IDType: idTypes.visit }],
  Type: visit.type,
  Status: visit.status === undefined ? undefined : actStatus[visit.status],
  DateTime: visit.start,
  EndDateTime: visit.end,
});

const encounterEntry = (encounterId: string, visit: Visit): Readonly<Record<string, Draft>> => ({
  ...visitReference(encounterId, visit),
  DischargeDisposition: visit.dischargeDisposition,
  Locations: [visit.place.entry],
  ReasonForVisit: [visit.reason],
});

/** The clinician of the visit first, then the members of the care team who took part. */
const providersOf = (clinician: Clinician, { ofVisit }: TeamClinicians): readonly Draft[] => [
  clinician.entry,
  ...ofVisit.filter(({ ids }) => !ids.some((id) => clinician.ids.includes(id))).map(({ entry }) => entry),
];

/** LOINC's code for why a patient came, which is what the contract's reason says. */
const reasonCategory = {
  Code: '29299-5',
  CodeSystem: loinc.oid,
  CodeSystemName: loinc.name,
  Name: 'Reason for visit',
};

const reasonForVisit = (reason: Visit['reason']): Draft =>
  Object.values(reason).every((part) => part === undefined) ? undefined : { ...reason, Category: reasonCategory };

/** HL7 v3 Confidentiality: the three that a CDA document may have. */
const confidentialities = { N: 'normal', R: 'restricted', V: 'very restricted' } as const;

const confidentialityOf = lookup(confidentialities);

const readConfidentiality = (text: string): Reading<Draft> => {
  if (saysNothing(text)) return leftOut();
  const code = confidentialityOf(text);
  if (code === undefined) return leftOut('unmapped');
  return read({
    Code: code,
    CodeSystem: '2.16.840.1.113883.5.25',
    CodeSystemName: 'Confidentiality',
    Name: confidentialities[code],
  });
};
