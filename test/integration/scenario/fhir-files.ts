/** The clinic as the files of one FHIR Bulk Data export, which the contract that ships reads. */
import type { JsonObject } from '../../../src/json.ts';
import { readTime } from '../../../src/values/time/time.ts';
import type { Clinic, Row } from './clinic.ts';

const zone = 'America/Chicago';
const instantOf = (row: Row, column: string): string => readTime(row[column] ?? '', zone).value ?? '';
const textOf = (row: Row, column: string): string => row[column] ?? '';

const states: Readonly<Record<string, string>> = { DONE: 'finished', VOID: 'cancelled', OPEN: 'in-progress' };

const patientOf = (row: Row, merges: readonly Row[]): JsonObject => {
  const survivor = merges.find(({ retired }) => retired === row['id'])?.['survivor'];
  return {
    resourceType: 'Patient',
    id: textOf(row, 'id'),
    meta: { lastUpdated: instantOf(row, 'changed') },
    identifier: [{ type: { coding: [{ code: 'MR' }] }, value: textOf(row, 'mrn') }],
    name: [{ use: 'official', family: textOf(row, 'family'), given: [textOf(row, 'given')] }],
    gender: textOf(row, 'gender') === 'F' ? 'female' : 'male',
    birthDate: textOf(row, 'born'),
    address: [{ postalCode: textOf(row, 'zip') }],
    ...(survivor === undefined
      ? {}
      : { link: [{ type: 'replaced-by', other: { reference: `Patient/${survivor ?? ''}` } }] }),
  };
};

const encounterOf = (row: Row): JsonObject => ({
  resourceType: 'Encounter',
  id: textOf(row, 'id'),
  meta: { lastUpdated: instantOf(row, 'changed') },
  status: states[textOf(row, 'state')] ?? '',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: `Patient/${textOf(row, 'patient')}` },
  period: { start: instantOf(row, 'began'), ...(row['ended'] === null ? {} : { end: instantOf(row, 'ended') }) },
  reasonCode: [{ text: textOf(row, 'reason') }],
});

const conditionOf = (row: Row): JsonObject => ({
  resourceType: 'Condition',
  id: textOf(row, 'id'),
  category: [{ coding: [{ code: 'problem-list-item' }] }],
  code: {
    coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: textOf(row, 'code') }],
    text: textOf(row, 'name'),
  },
  encounter: { reference: `Encounter/${textOf(row, 'visit')}` },
});

export const fhirFiles = ({ patient, visit, problem, merge }: Clinic): Readonly<Record<string, string>> => {
  const resources: Readonly<Record<string, readonly JsonObject[]>> = {
    Patient: patient.map((row) => patientOf(row, merge)),
    Encounter: visit.map(encounterOf),
    Condition: problem.map(conditionOf),
  };
  const manifest = {
    transactionTime: new Date().toISOString(),
    output: Object.entries(resources).map(([type, { length }]) => ({ type, url: `${type}.ndjson`, count: length })),
  };
  return {
    'manifest.json': JSON.stringify(manifest),
    ...Object.fromEntries(
      Object.entries(resources).map(([type, all]) => [
        `${type}.ndjson`,
        all.map((one) => `${JSON.stringify(one)}\n`).join(''),
      ]),
    ),
  };
};
