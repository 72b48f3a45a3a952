import * as format from './format/formats.ts';

/** How FHIR files are read (`EHR_URL=fhir:<folder>`). */
export const fhirSettings = {
  FHIR_MRN_SYSTEM: {
    part: 'ehr',
    format: format.id,
    expected: "the system of the identifier that is the patient's MRN, as doctor lists it",
  },
  FHIR_VISIT_SYSTEM: {
    part: 'ehr',
    format: format.id,
    expected: "the system of the identifier that is the visit's number, as doctor lists it",
  },
  FHIR_COMPLETE: {
    part: 'ehr',
    format: format.oneOf(['yes', 'no']),
    expected: 'yes (a folder without manifest holds a whole export) or no',
    default: 'no',
  },
  FHIR_ERRORS_BORNE: {
    part: 'ehr',
    format: format.codes,
    expected: 'codes of errors, separated by commas, such as not-supported,59177',
  },
  FHIR_GONE: {
    part: 'ehr',
    format: format.oneOf(['report', 'ignore']),
    expected: 'report or ignore (patients come and go by the rule of a group)',
    default: 'report',
  },
} as const;
