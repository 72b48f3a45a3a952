import type { PatientRow } from '../../contract/contract.ts';
import type { SectionRows } from '../../contract/section.ts';
import type { Built, MessageContext } from '../context.ts';
import { meta, present } from '../parts.ts';
import { patientIdentifier } from '../patient.ts';
import { documentTypeFields, summaryType, senderOf } from './header.ts';
import { buildSections } from './sections.ts';
import { demographicsOf, type Push } from './visit.ts';

/** The id of a patient's summary within `DOCUMENT_OID`, where a visit has its own. */
export const summaryIdOf = (patientId: string): string => `${summaryPrefix}${patientId}`;

const summaryPrefix = 'summary.';

/**
 * Clinical Summary.VisitPush: the summary of a patient as one document, without a visit. `summaryOf`: the patient whose document it is;
 * after a merge the content is the survivor's.
 */
export const buildSummaryPush = (
  summaryOf: string,
  patient: PatientRow,
  { mrn, version, wasDeathSent = false }: Push,
  context: MessageContext,
  sections: SectionRows = {},
): Built => {
  const { demographics, saysDead } = demographicsOf(patient, wasDeathSent, context);
  const clinical = buildSections(sections, context);
  const sender = senderOf(context);
  const id = `${context.documentOid}^${summaryIdOf(summaryOf)}`;
  const message = present({
    Meta: meta('VisitPush', context),
    Header: {
      Document: {
        ID: id,
        SetID: id,
        VersionNumber: String(version.number),
        Title: 'Patient Summary',
        DateTime: version.madeAt.toISOString(),
        ...documentTypeFields(summaryType, context.documentType),
        Locale: 'US',
        Custodian: sender,
      },
      Patient: { Identifiers: [patientIdentifier(mrn, context)], Demographics: demographics, Organization: sender },
      PCP: clinical.team.primary,
    },
    ...clinical.json,
  });
  return { message, findings: clinical.findings, saysDead };
};
