import type { EncounterClass } from '../../values/encounter.ts';
import { loinc } from '../code-system.ts';
import type { MessageContext } from '../context.ts';
import type { Draft } from '../present.ts';

/**
 * The three kinds of document that a Carequality responder sends, with LOINC's codes and the names that Redox's samples
 * print. (One of its samples calls 18842-5 a Progress Note; the guide and LOINC do not.)
 */
const documentTypes = {
  progressNote: { code: '11506-3', name: 'Progress Note' },
  dischargeSummary: { code: '18842-5', name: 'Discharge Summary' },
  episodeNote: { code: '34133-9', name: 'Summarization of Episode Note' },
} as const;
type DocumentType = (typeof documentTypes)[keyof typeof documentTypes];

/** An inpatient visit has no discharge summary before the discharge. */
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

/** `Type` is the code in the words of Redox's guide, and the name in its samples: the site says which. */
export const documentTypeFields = (
  { code, name }: DocumentType,
  form: MessageContext['documentType'],
): Readonly<Record<'Type' | 'TypeCode', Draft>> => ({
  Type: form === 'code' ? code : name,
  TypeCode: { Code: code, CodeSystem: loinc.oid, CodeSystemName: loinc.name, Name: name },
});
