/**
 * The words that Redox documents for a field. Redox says that a sender must keep to them, and not that it refuses others: the
 * stand-in refuses them, the preflight lets them pass.
 */
export const words = {
  sex: memberOf('Female', 'Male', 'Nonbinary', 'Other', 'Unknown'),
  race: memberOf(
    'American Indian or Alaska Native',
    'Asian',
    'Black or African American',
    'Native Hawaiian or Other Pacific Islander',
    'Other Race',
    'Unknown',
    'White',
  ),
  maritalStatus: memberOf(
    ...['Annulled', 'Common law', 'Divorced', 'Domestic partner', 'Interlocutory', 'Legally Separated'],
    ...['Living together', 'Married', 'Other', 'Registered domestic partner', 'Separated', 'Single', 'Unknown'],
    ...['Unmarried', 'Unreported', 'Widowed'],
  ),
  relationToPatient: memberOf(
    ...['Child', 'Employer', 'Father', 'Grandchild', 'Grandparent', 'Life Partner', 'Mother', 'Other', 'Parent'],
    ...['Self', 'Sibling', 'Spouse', 'Unknown'],
  ),
  agreementType: memberOf('Standard', 'Unified', 'Maternity'),
  coverageType: memberOf('Patient', 'Clinic', 'Insurance', 'Other'),
  diagnosisCodeset: memberOf('ICD-9', 'ICD-10', 'CPT', 'HCPCS', 'Unknown'),
  diagnosisType: memberOf('Admitting', 'Final', 'Self', 'Unknown', 'Working'),
  ssn: { means: 'ddd-dd-dddd or nine digits', holds: matches(/^(?:\d{3}-\d{2}-\d{4}|\d{9})$/) },
  language: { means: 'a language code of ISO 639-1', holds: matches(/^[a-z]{2}$/) },
  citizenship: { means: 'a country code of two letters (ISO 3166)', holds: matches(/^[A-Z]{2}$/) },
  /** Both `US` and `USA` are in Redox's samples. */
  country: { means: 'a country code of two letters, or USA', holds: matches(/^(?:[A-Z]{2}|USA)$/) },
} as const;

export type Word = keyof typeof words;

interface Rule {
  readonly means: string;
  readonly holds: (text: string) => boolean;
}

function memberOf(...members: readonly string[]): Rule {
  return { means: `one of ${members.join(', ')}`, holds: (text) => members.includes(text) };
}

function matches(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}
