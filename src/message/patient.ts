import { mrnOf, type PatientRow } from '../contract/contract.ts';
import type { Built, MessageContext } from './context.ts';
import { patientAdminDemographics, readDemographics, type SentBefore } from './demographics.ts';
import { meta } from './meta.ts';
import { present, type Draft } from './present.ts';

const nothingSent: SentBefore = { wasDeathSent: false };

/**
 * PatientAdmin. Both events carry the whole record: whether Redox merges an update into what it has or replaces it is not
 * documented, and a whole record is right under either.
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
    },
  });
  return { message, findings: demographics.findings, saysDead: demographics.saysDead };
};

/**
 * Retired identifiers are replaced by the survivor's. What is odd in the survivor's row is found when the survivor is
 * told, so a merge has no findings of its own.
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

/** The patient OID as `IDType` is what ties a message to the repository's record; one identifier, so one record. */
export const patientIdentifier = (mrn: string, context: MessageContext): Draft => ({
  ID: mrn,
  IDType: context.patientOid,
});
