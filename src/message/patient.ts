import { mrnOf, type PatientRow } from '../contract/contract.ts';
import { identifierColumns, type IdentifierRow, type PatientDetails } from '../contract/patient-details.ts';
import type { Built, MessageContext } from './context.ts';
import { patientAdminDemographics, readDemographics, type SentBefore } from './demographics.ts';
import { meta, present, type Draft } from './parts.ts';
import { cleanedRow, RowReader } from '../contract/row/cleaned-row.ts';
import { inOrderOf } from '../contract/section/rows.ts';
import { type Finding, leftOut, read, type Reading } from '../values/reading.ts';
import { itemsOf } from './item/items.ts';
import { teamClinicians } from './section/care-team.ts';
import { buildInsurances } from './section/arrangement.ts';

const nothingSent: SentBefore = { wasDeathSent: false };

/**
 * PatientAdmin. Both events carry the whole record, which is right whether Redox merges updates or replaces the record;
 * its documentation leaves that open.
 */
export const buildNewPatient = (
  row: PatientRow,
  context: MessageContext,
  sentBefore: SentBefore = nothingSent,
  details?: PatientDetails,
): Built => wholeRecord('NewPatient', row, context, sentBefore, details);

export const buildPatientUpdate = (
  row: PatientRow,
  context: MessageContext,
  sentBefore: SentBefore = nothingSent,
  details?: PatientDetails,
): Built => wholeRecord('PatientUpdate', row, context, sentBefore, details);

const wholeRecord = (
  eventType: 'NewPatient' | 'PatientUpdate',
  row: PatientRow,
  context: MessageContext,
  sentBefore: SentBefore,
  details?: PatientDetails,
): Built => {
  const demographics = readDemographics(row, sentBefore, context);
  const further = details === undefined ? nothingFurther : readPatientDetails(details, context);
  const message = present({
    Meta: meta(eventType, context),
    Patient: {
      Identifiers: [patientIdentifier(mrnOf(row), context), ...further.identifiers],
      Demographics: patientAdminDemographics(demographics),
      Contacts: [demographics.contact],
      PCP: further.primaryCare,
      Insurances: further.insurances,
    },
  });
  return { message, findings: [...demographics.findings, ...further.findings], saysDead: demographics.saysDead };
};

/**
 * Replaces the retired MRNs by the survivor's. A merge has no findings, because the survivor's own message reports
 * them.
 */
export const buildPatientMerge = (
  survivor: PatientRow,
  retiredMrns: readonly string[],
  context: MessageContext,
  sentBefore: SentBefore = nothingSent,
): Built => {
  const demographics = readDemographics(survivor, sentBefore, context);
  const message = present({
    Meta: meta('PatientMerge', context),
    Patient: {
      Identifiers: [patientIdentifier(mrnOf(survivor), context)],
      PreviousIdentifiers: retiredMrns.map((mrn) => patientIdentifier(mrn, context)),
      Demographics: patientAdminDemographics(demographics),
    },
  });
  return { message, findings: [], saysDead: demographics.saysDead };
};

/** The patient OID as `IDType` links a message to the repository's record; one identifier of this type means one record. */
export const patientIdentifier = (mrn: string, context: MessageContext): Draft => ({
  ID: mrn,
  IDType: context.patientOid,
});

/** What PatientAdmin has a place for besides the patient's row. */
interface Further {
  readonly identifiers: readonly Draft[];
  readonly primaryCare: Draft;
  readonly insurances: Draft;
  readonly findings: readonly Finding[];
}

const nothingFurther: Further = { identifiers: [], primaryCare: undefined, insurances: undefined, findings: [] };

function readPatientDetails(details: PatientDetails, context: MessageContext): Further {
  const { identifiers = [], care_team = [], insurances = [] } = details;
  const [ofIdentifiers, ofTeam, ofInsurances]: [Finding[], Finding[], Finding[]] = [[], [], []];
  const building = { calendar: context, zipFormat: context.zipFormat, visit: undefined };
  const team = teamClinicians(itemsOf({ ...building, section: 'care_team', findings: ofTeam }, care_team));
  const covers = itemsOf({ ...building, section: 'insurances', findings: ofInsurances }, insurances);
  return {
    identifiers: inOrderOf(identifierColumns, identifiers).flatMap((row) => identifierOf(row, context, ofIdentifiers)),
    primaryCare: team.primary === undefined ? undefined : { ...team.primary, NPI: team.primaryNpi },
    insurances: buildInsurances(covers)['Insurances'],
    findings: [
      ...distinctOf('identifiers', ofIdentifiers),
      ...distinctOf('summary/care_team', ofTeam),
      ...distinctOf('summary/insurances', ofInsurances),
    ],
  };
}

const identifierOf = (given: IdentifierRow, context: MessageContext, findings: Finding[]): readonly Draft[] => {
  const forms = { patient_id: 'key', id: 'id', type: 'line' } as const;
  const row = new RowReader(cleanedRow<keyof IdentifierRow>(given, forms, findings), findings);
  const id = row.id('id');
  if (id === undefined) return [];
  const type = row.keep('type', readType(row.text('type'), context));
  return type === undefined || (isSsn(type) && context.sendSsn === 'never') ? [] : [{ ID: id, IDType: type }];
};

/** Redox requires a type. A second identifier of the patients' own type would be a second record. */
const readType = (type: string | undefined, { patientOid }: MessageContext): Reading<string> =>
  type === undefined || type.replace(/^urn:oid:/i, '') === patientOid ? leftOut('malformed') : read(type);

/** HL7 v2 table 0203, and the OID of social security numbers. */
const isSsn = (type: string): boolean => /^(?:SS|SSN|(?:urn:oid:)?2\.16\.840\.1\.113883\.4\.1)$/i.test(type);

const distinctOf = (file: string, findings: readonly Finding[]): readonly Finding[] => {
  const distinct = new Map(findings.map((finding) => [`${finding.column} ${finding.problem}`, finding]));
  return [...distinct.values()].map(({ column, problem }) => ({ column: `${file}.${column}`, problem }));
};
