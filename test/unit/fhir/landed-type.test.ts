import { expect, test } from 'vitest';
import { typeInName } from '../../../src/ehr/fhir/landed-type.ts';

test.each([
  ['Patient.000.ndjson', 'Patient'],
  ['more/1.MedicationRequest.ndjson.gz', 'MedicationRequest'],
  ['encounters_2.ndjson', 'Encounter'],
  ['Provenance.ndjson', 'Provenance'],
  ['export-2.ndjson', 'Patient'],
])('a file %s without a readable line counts as %s', (name, type) => {
  expect(typeInName(name)).toBe(type);
});
