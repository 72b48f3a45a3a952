import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import {
  encounters,
  encountersHeader,
  type Files,
  fieldSite,
  syncedSite,
  found,
  manyPatients,
  odd,
  open,
  patientLines,
  patients,
  patientsHeader,
  withBadBytes,
} from '../support/field-site.ts';

/** Files in another shape than the page asks for, as sites in the field have them: read where certain, else one sentence. */

const everyone = ['M0001', 'M0002', 'M0003', 'M0004', 'M0005', 'M0006'];
const allVisits = ['E1', 'E2', 'E3', 'E4'];

/** Çağla has a letter that Windows-1252 lacks. */
const plain = patients.replace('Çağla', 'Çagla');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const parted = (text: string, by: string): string => text.replaceAll(',', by);
/** MySQL’s INTO OUTFILE with every field in quotes. */
const quoted = (text: string): string =>
  text.replaceAll(/^(.*)$/gm, (line) => (line === '' ? '' : `"${line.replaceAll(',', '","')}"`));
const mysql = quoted(plain)
  .replace('"Bert"', String.raw`"Bert \"Bertie\""`)
  .replace('"4 Ash St"', String.raw`"4 Ash St\\"`);
const formulas = plain.replaceAll(/^(P\d+),(M\d+)/gm, '="$1",="$2"');

interface Case {
  readonly what: string;
  readonly files: Files;
  readonly settings?: Environment;
}

const encounterRows = encounters.slice(encountersHeader.length).split(/(?<=\n)/);

const readable: readonly Case[] = [
  {
    what: 'semicolons, and tabs',
    files: { 'patients.csv': parted(plain, ';'), 'encounters.csv': parted(encounters, '\t') },
  },
  {
    what: 'pipes, and a packing',
    files: { 'patients.csv': parted(plain, '|'), 'encounters.csv.gz': gzipSync(encounters) },
  },
  {
    what: 'a line sep=, and a line sep=; above semicolons',
    files: { 'patients.csv': `sep=,\n${plain}`, 'encounters.csv': `sep=;\r\n${parted(encounters, ';')}` },
  },
  {
    what: 'a title above its header, and line ends of CR alone',
    files: { 'patients.csv': `Patients of 11/28/2026\n${plain}`, 'encounters.csv': encounters.replaceAll('\n', '\r') },
  },
  {
    what: 'a comma behind every row, and a date in its name',
    files: {
      'patients.csv': plain.replaceAll(/,\n(?=P)|,\n$/g, ',,\n'),
      'encounters_20260301.csv': encountersHeader,
      'encounters_20260302.csv': encounters,
    },
  },
  {
    what: 'formulas for ids, and parts, one of them packed',
    files: {
      'patients.csv': formulas,
      'encounters_1.csv': encountersHeader + encounterRows.slice(0, 2).join(''),
      'encounters_2.csv.gz': gzipSync(encountersHeader + encounterRows.slice(2).join('')),
    },
  },
  {
    what: 'Windows-1252, where CSV_ENCODING says so',
    files: { 'patients.csv': latin1(plain) },
    settings: { CSV_ENCODING: 'windows-1252' },
  },
  {
    what: 'UTF-16, where CSV_ENCODING says so',
    files: { 'patients.csv': Buffer.from(`\ufeff${plain}`, 'utf16le') },
    settings: { CSV_ENCODING: 'utf-16' },
  },
  {
    what: 'MySQL’s backslashes, where CSV_ESCAPE says so',
    files: { 'patients.csv': quoted(plain).replace('"Bert",""', String.raw`"Bert",\N`) },
    settings: { CSV_ESCAPE: 'backslash' },
  },
];

describe('a readable file is read whole, whatever its shape', () => {
  it('gives the rows of the plain file, so nothing is sent', async () => {
    const site = await syncedSite({}, { 'patients.csv': plain });
    expect(site.stored('M0001')).toMatchObject({ LastName: 'Núñez', DOB: '1980-05-04' });
    for (const { what, files, settings = {} } of readable) {
      const night = await site.run(files, { settings });
      expect([night.exitCode, night.taken, open(night)], what).toEqual([0, {}, []]);
      expect(night.summary.patients, what).toMatchObject({ read: 6, unchanged: 6 });
      expect(night.summary.encounters, what).toMatchObject({ read: 4, unchanged: 4 });
    }
  });

  it('semicolons under a declaration of its columns', async () => {
    const declare = (table: string, header: string): string =>
      `CREATE UNLOGGED TABLE ${table} (${header
        .trim()
        .split(',')
        .map((column, index) => `${column} text${index === 0 ? ' NOT NULL' : ''}`)
        .join(', ')})`;
    const site = await fieldSite({
      contract: {
        'landing/patients.sql': declare('patients', patientsHeader),
        'landing/encounters.sql': declare('encounters', encountersHeader),
      },
    });
    const night = await site.run({ 'patients.csv': parted(patients, ';'), 'encounters.csv': parted(encounters, ';') });
    expect({ exitCode: night.exitCode, patients: site.storedIds(), visits: site.storedVisits() }).toEqual({
      exitCode: 0,
      patients: everyone,
      visits: allVisits,
    });
  });
});

const refused: readonly (Case & { readonly sentence: RegExp })[] = [
  {
    what: 'Windows-1252',
    files: { 'patients.csv': latin1(plain) },
    sentence: /patients\.csv is not UTF-8 but looks like Windows-1252.* 4 lines; set CSV_ENCODING=windows-1252/,
  },
  {
    what: 'Windows-1252 in every line, before the first visit',
    files: {
      'patients.csv': latin1(manyPatients(20, (line) => line.replace('Smith', 'Müñoz'))),
      'encounters.csv': encountersHeader,
    },
    sentence: /patients\.csv .*Windows-1252.* 20 lines/,
  },
  {
    what: 'UTF-16',
    files: { 'encounters.csv': Buffer.from(encounters, 'utf16le') },
    sentence: /encounters\.csv is UTF-16.*CSV_ENCODING=utf-16/,
  },
  {
    what: 'parted by another sign than CSV_DELIMITER says',
    files: { 'patients.csv': parted(patients, ';') },
    settings: { CSV_DELIMITER: 'tab' },
    sentence: /patients\.csv is separated by semicolon, but CSV_DELIMITER is tab/,
  },
  {
    what: 'wider than its header in every line',
    files: { 'patients.csv': patients.replaceAll(/,\n(?=P)|,\n$/g, ',,x\n') },
    sentence: /patients\.csv/,
  },
  {
    what: 'packed and cut off',
    files: { 'encounters.csv.gz': gzipSync(encounters).subarray(0, 60) },
    sentence: /encounters\.csv\.gz is packed, but cut off/,
  },
  {
    what: 'without a column that the contract asks for',
    files: { 'patients.csv': patients.replaceAll(/^((?:[^,]*,){10})[^,]*,/gm, '$1') },
    sentence: /patients\.sql.*column "zip" does not exist.*patients\.csv has patient_id, mrn.*state, home_phone/,
  },
  {
    what: 'there under another name',
    files: { 'encounters.CSV.bak': encounters },
    sentence: /a table is a CSV file of its name \(encounters\.csv\); in the folder (?:is|are) .*patients\.csv/,
  },
];

describe('an unreadable file', () => {
  it('is refused in one sentence, and sends nothing', async () => {
    const site = await fieldSite();
    for (const [index, { what, files, settings = {}, sentence }] of refused.entries()) {
      const refusal = await site.refusal(files, { settings });
      expect(refusal.exitCode, what).toBe(64);
      expect(refusal.message, what).toMatch(sentence);
      expect(refusal.message, what).not.toMatch(/search_path|role/);
      if (index > 1) continue;
      // A large change is no excuse for a file that cannot be read.
      const allowed = await site.refusal(files, { settings, allowLargeChange: true });
      expect(allowed.message, what).toBe(refusal.message);
    }
    expect(site.storedIds()).toEqual([]);
  });
});

describe('a damaged byte', () => {
  it('in a street costs the street; final zeros are listed', async () => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': Buffer.concat([Buffer.from(patients.replace('2 Oak St', '2 Oak\0 St')), Buffer.alloc(4096)]),
    });
    expect(night.exitCode).toBe(2);
    expect(open(night)).toEqual(['lines_left_out file patients.csv zero_byte person']);
    expect(odd(night)).toEqual([
      'P002 damaged street_address',
      'patients.csv zero_byte 8',
      'patients.csv zero_byte street_address 3',
    ]);
    expect(site.storedIds()).toEqual(everyone);
    expect(site.stored('M0002')).not.toHaveProperty('Address.StreetAddress');
    const mended = await site.run();
    expect({ exitCode: mended.exitCode, taken: mended.taken, open: open(mended) }).toEqual({
      exitCode: 0,
      taken: { PatientUpdate: 1 },
      open: [],
    });
  });

  it('in a key or a match key makes the patient unread until the file is mended', async () => {
    const site = await syncedSite({}, {});
    const columns = ['patient_id', 'mrn', 'first_name', 'last_name', 'birth_date', 'zip'];
    const header = patientsHeader.trim().split(',');
    const lines = patientLines.map((line, number) => {
      const place = header.indexOf(columns[number] ?? '');
      return line
        .split(',')
        .map((field, index) => (index === place ? `${field}¿` : field))
        .join(',');
    });
    const night = await site.run({
      'patients.csv': withBadBytes(patientsHeader + lines.join('')),
      'encounters.csv': encounters.replaceAll(/(?<=:00,)[a-z -]+$/gm, 'neck pain'),
    });
    expect([night.exitCode, night.taken]).toEqual([2, {}]);
    // The row of a damaged id may be that of the patient who is missing.
    expect(night.summary.patients).toMatchObject({ gone: 0, unread: 7 });
    expect(found(night)).toEqual(
      expect.arrayContaining([
        'unread patient P001 line_unread',
        ...['P002', 'P003', 'P004', 'P005', 'P006'].map((id) => `unread patient ${id} damaged`),
        ...allVisits.map((id) => `unread encounter ${id} patient_unread`),
      ]),
    );
    const mended = await site.run();
    expect({ exitCode: mended.exitCode, taken: mended.taken, open: open(mended) }).toEqual({
      exitCode: 0,
      taken: {},
      open: [],
    });
  });

  it('in a column that no query reads costs nothing', async () => {
    const site = await fieldSite();
    const noted = patientLines.map((line) => line.replace('\n', line.startsWith('P002') ? ',pl¿in\n' : ',plain\n'));
    const header = patientsHeader.replace('\n', ',remark\n');
    const night = await site.run({ 'patients.csv': withBadBytes(header + noted.join('')) });
    expect([night.exitCode, site.storedIds()]).toEqual([0, everyone]);
  });
});

describe('MySQL’s quotes without CSV_ESCAPE', () => {
  it('cost their line only, whose visit waits; CSV_ESCAPE mends it', async () => {
    const site = await fieldSite();
    const night = await site.run({ 'patients.csv': mysql });
    expect(night.exitCode).toBe(2);
    expect(open(night)).toEqual([
      'lines_left_out file patients.csv stray_quote person',
      'unread encounter E2 patient_unread next_run',
    ]);
    expect(site.storedIds()).toEqual(everyone.filter((id) => id !== 'M0002'));
    const mended = await site.run({ 'patients.csv': mysql }, { settings: { CSV_ESCAPE: 'backslash' } });
    expect({ exitCode: mended.exitCode, patients: site.storedIds(), visits: site.storedVisits() }).toEqual({
      exitCode: 0,
      patients: everyone,
      visits: allVisits,
    });
    expect(site.stored('M0002')).toMatchObject({ FirstName: 'Bert "Bertie"' });
    expect(site.stored('M0004')).toMatchObject({ Address: { StreetAddress: '4 Ash St\\' } });
  });
});
