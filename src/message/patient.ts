import { mrnOf, type PatientRow } from '../contract/contract.ts';
import type { Built, MessageContext } from './context.ts';
import { patientAdminDemographics, readDemographics, type SentBefore } from './demographics.ts';
import { meta } from './meta.ts';
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
): Built => wholeRecord('NewPatient', row, context, sentBefore);

export const buildPatientUpdate = (
  row: PatientRow,
  context: MessageContext,
  sentBefore: SentBefore = nothingSent,
): Built => wholeRecord('PatientUpdate', row, context, sentBefore);

const wholeRecord = (
  eventType: 'NewPatient' | 'PatientUpdate',
  row: PatientRow,
  context: MessageContext,
  sentBefore: SentBefore,
): Built => {
  const demographics = readDemographics(row, sentBefore, context);
  const message = present({
    Meta: meta(eventType, context),
    Patient: {
      Identifiers: [patientIdentifier(mrnOf(row), context)],
      Demographics: patientAdminDemographics(demographics),
      Contacts: [demographics.contact],
    },
  });
  return { message, findings: demographics.findings, saysDead: demographics.saysDead };
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

/** The patient OID as `IDType` links a message to the repository's record; one identifier means one record. */
export const patientIdentifier = (mrn: string, context: MessageContext): Draft => ({
  ID: mrn,
  IDType: context.patientOid,
});
