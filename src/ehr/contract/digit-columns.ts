/** Columns of digits that are no numbers. */

/** Digits that are identifiers: leading zeros count. */
export const identifying: ReadonlySet<string> = new Set([
  'patient_id',
  'encounter_id',
  'mrn',
  'retired_patient_id',
  'surviving_patient_id',
]);

export const withLeadingZeros: ReadonlySet<string> = new Set([
  'zip',
  'ssn',
  'home_phone',
  'office_phone',
  'mobile_phone',
]);
