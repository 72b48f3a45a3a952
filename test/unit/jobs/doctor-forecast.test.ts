import { describe, expect, test } from 'vitest';
import { assessConnections } from '../../../jobs/setup/doctor/ledger/connections.ts';
import { checkEncoding } from '../../../jobs/setup/doctor/ehr/encoding.ts';
import {
  forecastCodes,
  forecastFindability,
  forecastIds,
  forecastReading,
  forecastVisits,
} from '../../../jobs/setup/doctor/forecast.ts';
import type { CheckedQuery } from '../../../src/ehr/contract/contract-query.ts';

const encounters: CheckedQuery = {
  entity: 'encounter',
  file: 'encounters.sql',
  text: '',
  byId: false,
  known: ['encounter_id', 'patient_id', 'mrn', 'reason_code', 'reason_code_system'],
  required: [],
  columns: new Map(),
  doubts: [],
};

const sent = (checks: readonly { readonly result: string; readonly says: string }[]): string[] =>
  checks.map(({ result, says }) => `${result} ${says}`);

describe('the doctor predicts', () => {
  test('that nobody is findable, and by which keys', () => {
    expect(
      sent(forecastFindability([['zip_missing'], ['zip_missing', 'birth_date_malformed', 'mrn_missing']])),
    ).toEqual(['warning Others can find none of 2 patients looked at: zip_missing 2, birth_date_malformed 1.']);
    expect(sent(forecastFindability([['mrn_missing'], []]))).toEqual([
      'ok Others can find 2 of 2 patients by demographics.',
    ]);
    expect(forecastFindability([])).toEqual([]);
  });

  test('that no visit is finished, and their states', () => {
    expect(sent(forecastVisits(['open', 'open', 'unreadable']))).toEqual([
      'warning Of 3 visits looked at, none is finished, so none would be sent: open 2, unreadable 1.',
    ]);
    expect(sent(forecastVisits(['finished', 'unreadable']))).toEqual([
      'warning The status of 1 of 2 visits is not a word of the contract.',
    ]);
    expect(sent(forecastVisits(['finished', 'open']))).toEqual(['ok 1 of 2 visits are finished.']);
  });

  test('which columns many rows leave unread', () => {
    const odd = [{ column: 'class', problem: 'unmapped' }] as const;
    expect(sent(forecastReading('encounters.sql', [odd, odd, []]))).toEqual([
      'warning Of 3 rows of encounters.sql, these columns are not understood: class (unmapped) in 2.',
    ]);
    expect(forecastReading('encounters.sql', [odd, [], [], [], []])).toEqual([]);
  });

  test('that codes lack a system', () => {
    const rows = [
      { reason_code: 'I10', reason_code_system: null },
      { reason_code: 'I10', reason_code_system: ' ' },
      { reason_code: 'I10', reason_code_system: 'ICD-10-CM' },
      { reason_code: null, reason_code_system: null },
    ];
    expect(sent(forecastCodes(encounters, rows))).toEqual([
      'warning encounters.sql gives codes without their system: reason_code in 2 of 3 rows.',
    ]);
    expect(forecastCodes(encounters, rows.slice(2))).toEqual([]);
  });

  test.each(['12345.00', '1.23E+11', '1e+15', ' 7.5 '])('that the MRN %j looks like a number', (mrn) => {
    expect(sent(forecastIds(encounters, [{ mrn }]))).toEqual([
      'warning encounters.sql gives ids in the form of a number with decimals or an exponent (12345.00, 1.23E+11): mrn in 1 row.',
    ]);
  });

  test.each(['12345', 'E1', 'A-1.5', '1.2.840.10008', '00123', ''])('nothing about the MRN %j', (mrn) => {
    expect(forecastIds(encounters, [{ mrn }])).toEqual([]);
  });
});

describe('the connections of a run', () => {
  const given = {
    role: 'reader',
    database: 'ehr',
    role_limit: '-1',
    role_used: '1',
    database_limit: '-1',
    database_used: '1',
    server_limit: '97',
    server_used: '7',
  };

  test.each([
    [given, 'ok', /needs 2 connections at the same time; 91 are free/],
    [{ ...given, role_limit: '1' }, 'fault', /CONNECTION LIMIT of the role reader is 1/],
    [{ ...given, role_limit: '2' }, 'ok', /2 are free/],
    [
      { ...given, role_limit: '3', role_used: '3' },
      'warning',
      /of the 3 that the CONNECTION LIMIT of the role reader allows 2 are taken/,
    ],
    [{ ...given, database_limit: 0 }, 'fault', /CONNECTION LIMIT of the database ehr is 0/],
    [{ ...given, server_used: 97 }, 'warning', /max_connections of the server/],
  ])('are checked against every limit (%#)', (limits, result, says) => {
    expect(assessConnections(limits, 2)).toMatchObject({ result, says: expect.stringMatching(says) as string });
  });
});

test('only SQL_ASCII gets a warning, with a remedy', () => {
  expect(checkEncoding('SQL_ASCII')).toMatchObject({
    result: 'warning',
    remedy: expect.stringContaining('convert_from') as string,
  });
  expect(checkEncoding('LATIN1')).toMatchObject({ result: 'ok' });
});
