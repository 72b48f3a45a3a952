import type { EncounterClass } from '../../values/encounter.ts';
import { loinc } from '../code-system.ts';
import type { MessageContext } from '../context.ts';
import type { Draft } from '../present.ts';

/**
 * The three document types of a Carequality responder, with LOINC's codes and the names in Redox's samples. (One sample
 * calls 18842-5 a Progress Note, unlike the guide and LOINC.)
 */
const documentTypes = {
  progressNote: { code: '11506-3', name: 'Progress Note' },
  dischargeSummary: { code: '18842-5', name: 'Discharge Summary' },
  episodeNote: { code: '34133-9', name: 'Summarization of Episode Note' },
} as const;
type DocumentType = (typeof documentTypes)[keyof typeof documentTypes];

/** An inpatient visit has a discharge summary only after the discharge. */
export const documentTypeOf = (encounterClass: EncounterClass, discharged: boolean): DocumentType => {
  switch (encounterClass) {
    case 'outpatient':
    case 'virtual':
    case 'home':
    case 'emergency':
      return documentTypes.progressNote;
    case 'inpatient':
      return discharged ? documentTypes.dischargeSummary : documentTypes.episodeNote;
    case 'other':
      return documentTypes.episodeNote;
  }
};

/** Of a patient's summary. */
export const summaryType: DocumentType = documentTypes.episodeNote;

/** Redox's guide has the code in `Type`, its samples the name; the site's setting chooses. */
export const documentTypeFields = (
  { code, name }: DocumentType,
  form: MessageContext['documentType'],
): Readonly<Record<'Type' | 'TypeCode', Draft>> => ({
  Type: form === 'code' ? code : name,
  TypeCode: { Code: code, CodeSystem: loinc.oid, CodeSystemName: loinc.name, Name: name },
});
