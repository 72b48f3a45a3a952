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

export interface FhirSettings {
  /** System of the identifier that is the MRN; null: of type MR, else the id. */
  readonly mrnSystem: string | null;
  /** System of the identifier that is the visit's number; null: the id. */
  readonly visitSystem: string | null;
  /** A folder without manifest holds a whole export. */
  readonly isComplete: boolean;
  /** Codes of errors in the export that may pass. */
  readonly errorsBorne: readonly string[];
  /** Patients come and go by the rule of a group, so nobody is gone who is not there. */
  readonly ignoresGone: boolean;
}

interface Values {
  readonly FHIR_MRN_SYSTEM?: string;
  readonly FHIR_VISIT_SYSTEM?: string;
  readonly FHIR_COMPLETE: 'yes' | 'no';
  readonly FHIR_ERRORS_BORNE?: readonly string[];
  readonly FHIR_GONE: 'report' | 'ignore';
}

/** Of the values that `examine` has read; also for `doctor`, where others may be missing. */
export const fhirSettingsOf = (values: Values): FhirSettings =>
  Object.freeze({
    mrnSystem: values.FHIR_MRN_SYSTEM ?? null,
    visitSystem: values.FHIR_VISIT_SYSTEM ?? null,
    isComplete: values.FHIR_COMPLETE === 'yes',
    errorsBorne: values.FHIR_ERRORS_BORNE ?? [],
    ignoresGone: values.FHIR_GONE === 'ignore',
  });
