import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/json.ts';
import { documentOid, organizationOid } from '../../redox/stand-in-client.ts';

/**
 * A Synthea export as anybody reads it, and what Redox has to hold of it, worked out from Redox's documentation and not by
 * the code under test.
 */
export type CsvRow = Readonly<Record<string, string>>;

interface SyntheaExport {
  readonly patients: readonly CsvRow[];
  readonly encounters: readonly CsvRow[];
  readonly organizations: ReadonlyMap<string, CsvRow>;
  readonly providers: ReadonlyMap<string, CsvRow>;
}

/** A line that is broken says nothing to anybody. */
export const readRows = async (folder: string, file: string): Promise<CsvRow[]> =>
  parse(await readFile(join(folder, file)), { columns: true, bom: true, skip_records_with_error: true });

export async function readSynthea(folder: string): Promise<SyntheaExport> {
  const rows = (file: string): Promise<CsvRow[]> => readRows(folder, file);
  const byId = (some: readonly CsvRow[]): Map<string, CsvRow> => new Map(some.map((row) => [text(row, 'Id'), row]));
  return {
    patients: await rows('patients.csv'),
    encounters: await rows('encounters.csv'),
    organizations: byId(await rows('organizations.csv')),
    providers: byId(await rows('providers.csv')),
  };
}

/** Older exports lack some columns. */
export const text = (row: CsvRow | undefined, column: string): string => row?.[column] ?? '';

const races: CsvRow = {
  white: 'White',
  black: 'Black or African American',
  asian: 'Asian',
  hawaiian: 'Native Hawaiian or Other Pacific Islander',
  native: 'American Indian or Alaska Native',
  other: 'Other Race',
};
const maritalStatuses: CsvRow = { M: 'Married', S: 'Single', D: 'Divorced', W: 'Widowed' };
const states: CsvRow = { Massachusetts: 'MA', 'New Jersey': 'NJ', 'New York': 'NY' };

/** `Patient.Demographics` of PatientAdmin. */
export function expectedDemographics(row: CsvRow): JsonObject {
  const zip = text(row, 'ZIP');
  const died = text(row, 'DEATHDATE');
  return given({
    FirstName: nameIn(row, 'FIRST'),
    MiddleName: nameIn(row, 'MIDDLE'),
    LastName: nameIn(row, 'LAST'),
    DOB: text(row, 'BIRTHDATE'),
    SSN: text(row, 'SSN'),
    Sex: text(row, 'GENDER') === 'F' ? 'Female' : 'Male',
    Race: races[text(row, 'RACE')] ?? '',
    IsHispanic: text(row, 'ETHNICITY') === 'hispanic',
    MaritalStatus: maritalStatuses[text(row, 'MARITAL')] ?? '',
    IsDeceased: died !== '',
    DeathDateTime: died,
    Address: given({
      StreetAddress: text(row, 'ADDRESS'),
      City: text(row, 'CITY'),
      State: states[text(row, 'STATE')] ?? '',
      ZIP: zip === '00000' ? '' : zip,
      County: text(row, 'COUNTY'),
    }),
  });
}

const progressNote = { code: '11506-3', name: 'Progress Note' };
const dischargeSummary = { code: '18842-5', name: 'Discharge Summary' };
const documentTypes: Readonly<Record<string, typeof progressNote>> = {
  ambulatory: progressNote,
  emergency: progressNote,
  home: progressNote,
  hospice: progressNote,
  inpatient: dischargeSummary,
  outpatient: progressNote,
  snf: dischargeSummary,
  urgentcare: progressNote,
  virtual: progressNote,
  wellness: progressNote,
};

/** What the README promises of a visit's document: one line of it each. */
export function expectedDocument(row: CsvRow, { organizations, providers }: SyntheaExport): object {
  const id = text(row, 'Id');
  const type = documentTypes[text(row, 'ENCOUNTERCLASS')];
  const facility = text(organizations.get(text(row, 'ORGANIZATION')), 'NAME');
  const facilityId = { ID: text(row, 'ORGANIZATION'), IDType: 'FI' };
  const [, firstName = '', lastName = ''] =
    /^(\D+)\d+ (\D+)\d+$/.exec(text(providers.get(text(row, 'PROVIDER')), 'NAME')) ?? [];
  const provider = { ID: text(row, 'PROVIDER'), IDType: 'PRN', FirstName: firstName, LastName: lastName };
  const times = { start: instant(text(row, 'START')), end: instant(text(row, 'STOP')) };
  const visitType = snomed(text(row, 'CODE'), text(row, 'DESCRIPTION'));
  const reasonCode = text(row, 'REASONCODE');
  const reason = text(row, 'REASONDESCRIPTION');
  return {
    patientId: text(row, 'PATIENT'),
    Document: {
      ID: `${documentOid}^${id}`,
      SetID: `${documentOid}^${id}`,
      VersionNumber: expect.stringMatching(/^[1-9]\d*$/) as string,
      Title: `${facility}: ${type?.name ?? ''}`,
      DateTime: expect.stringMatching(instantShape) as string,
      Type: type?.code,
      TypeCode: {
        Code: type?.code,
        CodeSystem: '2.16.840.1.113883.6.1',
        CodeSystemName: 'LOINC',
        Name: type?.name,
      },
      Locale: 'US',
      Author: provider,
      Custodian: { Identifiers: [{ ID: organizationOid, IDType: 'OID' }] },
      Visit: given({
        VisitNumber: id,
        StartDateTime: times.start,
        EndDateTime: times.end,
        Reason: reason,
        Type: visitType,
        Location: { Facility: facility, FacilityIdentifiers: [facilityId] },
      }),
    },
    Encounters: [
      {
        Identifiers: [{ ID: id, IDType: 'VN' }],
        Type: visitType,
        Status: 'completed',
        DateTime: times.start,
        EndDateTime: times.end,
        Providers: [provider],
        Locations: [{ Name: facility, Identifiers: [facilityId] }],
        ...(reasonCode === '' ? {} : { ReasonForVisit: [snomed(reasonCode, reason)] }),
      },
    ],
  };
}

const instantShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Synthea writes whole seconds of UTC; Redox wants milliseconds. */
const instant = (time: string): string => time.replace(/^(.{10}T.{8})Z$/, '$1.000Z');

/** Synthea appends digits to names. */
const nameIn = (row: CsvRow, column: string): string => text(row, column).replace(/\d+$/, '');

const snomed = (code: string, name: string): JsonObject => ({
  Code: code,
  CodeSystem: '2.16.840.1.113883.6.96',
  CodeSystemName: 'SNOMED CT',
  Name: name,
});

/** Absent, never empty. */
const given = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
