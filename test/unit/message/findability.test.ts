import { describe, expect, test } from 'vitest';
import type { PatientRow } from '../../../src/contract/contract.ts';
import { checkMatchKeys } from '../../../src/message/fingerprint/findability.ts';
import { buildNewPatient } from '../../../src/message/patient.ts';
import { dateIn } from '../../../src/values/time/wall-clock.ts';
import { context, patientRow } from './rows.ts';

const sound: Partial<PatientRow> = {
  mrn: 'MRN 7',
  first_name: 'Ana',
  last_name: 'Núñez',
  birth_date: '1980-05-01',
  zip: '02155',
  sex: 'F',
};

const today = '2026-01-31';

/** What is wrong with a row that differs from a sound one in this. */
const faultsOf = (values: Partial<PatientRow>): readonly string[] => {
  const row = patientRow({ patient_id: '7', ...sound, ...values });
  return checkMatchKeys(buildNewPatient(row, context), row, today);
};

describe('the keys by which others find a patient', () => {
  test.each<[string, Partial<PatientRow>]>([
    ['that Redox was told', {}],
    ['a name of one letter, of any script', { first_name: 'Ō', last_name: '李' }],
    ['a name that is a word for nothing, for people have it', { last_name: 'Null' }],
    ['a name that was mended', { first_name: 'A\u00adna\u200b', last_name: 'Nu\u0301n\u0303ez\u00a0Ruiz' }],
    ['a birth date with a time behind it', { birth_date: '1980-05-01 00:00:00' }],
    ['the day itself', { birth_date: today }],
    ['the first year that is believed', { birth_date: '1850-01-01' }],
    ['a ZIP of nine digits, of which five are sent', { zip: '021550001' }],
    ['a last name of which the suffix is left out', { last_name: 'Núñez Jr.' }],
    ['a ZIP with an invisible character', { zip: '02155\u200b' }],
    ['any postcode abroad that would be a filler here', { zip: '99999', country: 'DE' }],
    ['John of another family', { first_name: 'John' }],
    ['a ZIP of a territory', { zip: '00901', country: 'PR' }],
    ['any postcode abroad', { zip: 'K1A 0B1', country: 'CA' }],
    ['any postcode where nobody can read the country', { zip: '1010', country: 'Ruritania' }],
  ])('are sound: %s', (_, values) => {
    expect(faultsOf(values)).toEqual([]);
  });

  test.each<[string, Partial<PatientRow>]>([
    ['first_name_missing', { first_name: null }],
    ['first_name_missing', { first_name: '  ' }],
    ['first_name_malformed', { first_name: '-' }],
    ['first_name_malformed', { first_name: '12' }],
    ['first_name_digit', { first_name: 'Ana 2' }],
    ['first_name_placeholder', { first_name: 'BABY BOY' }],
    ['first_name_malformed', { first_name: 'Dr. Dora' }],
    ['first_name_placeholder', { first_name: 'N/A' }],
    ['first_name_malformed', { first_name: 'An\u0007a' }],
    ['first_name_malformed', { first_name: 'Ana\ufdd0' }],
    ['last_name_placeholder', { last_name: 'UNKNOWN' }],
    ['last_name_placeholder', { last_name: 'ZZTEST' }],
    ['last_name_placeholder', { last_name: 'NULL' }],
    ['last_name_placeholder', { first_name: 'JOHN', last_name: 'Doe' }],
    ['last_name_malformed', { last_name: 'Núñez MD' }],
    ['last_name_malformed', { last_name: 'OLSEN, BERT' }],
    ['last_name_malformed', { last_name: 'NÃºÃ±ez' }],
    ['last_name_missing', { last_name: '\\N' }],
    ['birth_date_filler', { birth_date: '1900-01-01' }],
    ['birth_date_filler', { birth_date: '9999-12-31 00:00:00' }],
    ['birth_date_missing', { birth_date: 'NULL' }],
    ['mrn_missing', { mrn: 'NULL' }],
    ['last_name_digit', { last_name: 'Smith 2' }],
    ['last_name_missing', { last_name: null }],
    ['last_name_malformed', { last_name: '???' }],
    ['birth_date_missing', { birth_date: null }],
    ['birth_date_malformed', { birth_date: '05/01/1980' }],
    ['birth_date_malformed', { birth_date: '1980-02-30' }],
    ['birth_date_malformed', { birth_date: '2026-02-01' }],
    ['birth_date_malformed', { birth_date: '1849-12-31' }],
    ['zip_missing', { zip: null }],
    ['zip_filler', { zip: '00000' }],
    ['zip_filler', { zip: '99999' }],
    ['zip_filler', { zip: '99999-9999' }],
    ['zip_missing', { zip: 'unknown' }],
    ['zip_missing', { zip: null, country: 'CA' }],
    ['zip_malformed', { zip: '2155' }],
    ['zip_malformed', { zip: '021555' }],
    ['zip_malformed', { zip: 'K1A 0B1', country: 'USA' }],
    ['sex_unknown', { sex: null }],
    ['sex_unknown', { sex: 'unknown' }],
    ['mrn_missing', { mrn: null }],
    ['mrn_missing', { mrn: ' ' }],
  ])('have only the fault %s in %j', (fault, values) => {
    expect(faultsOf(values)).toEqual([fault]);
  });

  test('include a ZIP of nine digits where it is sent', () => {
    const row = patientRow({ patient_id: '7', ...sound, zip: '021550001' });
    const built = buildNewPatient(row, { ...context, zipFormat: 'as-given' });
    expect(checkMatchKeys(built, row, today)).toEqual(['zip_plus4']);
  });

  test('list several faults in a fixed order', () => {
    expect(faultsOf({ first_name: null, last_name: '1', birth_date: 'soon', zip: '1', mrn: null })).toEqual([
      'first_name_missing',
      'last_name_malformed',
      'birth_date_malformed',
      'zip_malformed',
      'mrn_missing',
    ]);
  });

  test("are judged by the date on the EHR's clocks", () => {
    const newYear = Date.parse('2026-01-01T04:30:00Z');
    expect([dateIn('America/New_York', newYear), dateIn('Asia/Tokyo', newYear)]).toEqual(['2025-12-31', '2026-01-01']);
  });
});
