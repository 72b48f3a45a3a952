import { expect, test } from 'vitest';
import { calls } from '../support/clinic-night.ts';
import { fieldSite, type Files, patientLines, patientsHeader } from '../support/field-site.ts';

/** Further identifiers of a patient are fetched for candidates alone, so the patient's row has to say that they changed. */

const contract = {
  'patients.sql': `SELECT ${patientsHeader.trim()}, identifiers_version FROM patients`,
  'identifiers.sql': 'SELECT patient_id, id, type FROM identifiers WHERE patient_id = ANY ($1::text[])',
};

const filesOf = (version: string, ...identifiers: readonly string[]): Files => ({
  'patients.csv': [
    `${patientsHeader.trim()},identifiers_version`,
    ...patientLines.map((line, index) => `${line.trim()},${index === 0 ? version : '1'}`),
    '',
  ].join('\n'),
  'identifiers.csv': ['patient_id,id,type', ...identifiers, ''].join('\n'),
});

test('a changed identifier is sent once its version says so', async () => {
  const site = await fieldSite({ contract });
  const first = await site.run(filesOf('1', 'P001,E-1,EHRID', 'P002,E-2,EHRID'));
  expect(first.summary.calls.NewPatient).toMatchObject({ planned: 6, accepted: 6 });
  expect(calls(await site.run(filesOf('1', 'P002,E-2,EHRID', 'P001,E-1,EHRID')))).toEqual([]);

  const changed = ['P001,E-9,EHRID', 'P002,E-2,EHRID'] as const;
  expect(calls(await site.run(filesOf('1', ...changed)))).toEqual([]);
  const sent = await site.run(filesOf('2', ...changed));
  expect(calls(sent)).toEqual(['PatientUpdate P001 accepted']);
  expect(sent.csv('discrepancies')[0]).toMatchObject({
    entity_id: 'P001',
    kind: 'changed',
    changed_groups: 'identifiers',
  });
  // Another version with the same identifiers changes no message.
  expect(calls(await site.run(filesOf('3', ...changed)))).toEqual(['PatientUpdate P001 unneeded']);

  const untyped = await site.run(filesOf('4', 'P001,E-9,', 'P002,E-2,EHRID'));
  expect(calls(untyped)).toEqual(['PatientUpdate P001 accepted']);
  expect(untyped.csv('data-quality').filter(({ entity_id }) => entity_id === 'P001')).toContainEqual(
    expect.objectContaining({ kind: 'malformed', column_name: 'identifiers.type' }),
  );
});
