import { mrnOf, type PatientRow } from '../contract/contract.ts';
import type { PatientDetails } from '../contract/patient-details.ts';
import type { Built, MessageContext } from './context.ts';
import { patientAdminDemographics, readDemographics, type SentBefore } from './demographics.ts';
import { meta } from './meta.ts';
import { nothingFurther, readPatientDetails } from './patient-details.ts';
import { present, type Draft } from './present.ts';

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
