import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fault, ok, skipped, warning } from '../../../jobs/setup/doctor/check.ts';
import { assessClock } from '../../../jobs/setup/doctor/clock.ts';
import { describeEnd, describeNeighbour, exitCodeOf } from '../../../jobs/setup/doctor/describe.ts';
import { describeColumns } from '../../../jobs/setup/doctor/ehr/sample-columns.ts';
import { exitCodes } from '../../../src/fault.ts';
import { checkSender } from '../../../jobs/setup/doctor/redox.ts';
import { readOrganizationFile } from '../../../src/config/file/organization-file.ts';
import { packageRoot } from '../../../src/package-root.ts';

const plain = { isColoured: false, isDetailed: false };

describe('a clock', () => {
  test.each([
    [5_000, 'ok', "Redox's clock is 5.0 s ahead of this machine's clock."],
    [-5_001, 'warning', "Redox's clock is 5.0 s behind this machine's clock."],
    [60_000, 'warning', "Redox's clock is 60 s ahead of this machine's clock."],
    [-60_001, 'fault', "Redox's clock is 60 s behind this machine's clock."],
  ])('that is %i ms ahead is %s', (aheadMs, result, says) => {
    expect(assessClock("Redox's clock", aheadMs)).toMatchObject({ result, says });
  });
});

describe('the report of the doctor', () => {
  const checks = [
    ok('server', 'It is there.', ['a detail']),
    warning('rights', 'Too many.', 'Take some away.'),
    fault('contract', 'It does not fit:\n  - one.\n  - two.', null),
    skipped('sample', 'because the contract does not fit.'),
  ];
  const examined = [{ neighbour: 'EHR', checks }];

  test('has one aligned line per check, with the remedy below', () => {
    expect(describeNeighbour({ neighbour: 'EHR', checks }, plain)).toEqual([
      'EHR',
      '  ok       server                It is there.',
      '  warning  rights                Too many.',
      '                                 → Take some away.',
      '  fault    contract              It does not fit: one. two.',
      '  skipped  sample                because the contract does not fit.',
    ]);
  });

  test('has details on request, and colours at a terminal', () => {
    const [, , detail] = describeNeighbour({ neighbour: 'EHR', checks }, { ...plain, isDetailed: true });
    expect(detail?.trim()).toBe('a detail');
    const [, line] = describeNeighbour({ neighbour: 'EHR', checks }, { ...plain, isColoured: true });
    expect(line).toContain('\u001B[32mok');
  });

  test('ends with a sentence of counts', () => {
    expect(describeEnd(examined)).toBe(
      '1 fault to mend before the next night (1 warning, 1 check skipped). Nothing was written or sent.',
    );
    expect(describeEnd([{ neighbour: 'EHR', checks: [ok('server', '')] }])).toBe(
      'Nothing is wrong. Nothing was written or sent.',
    );
  });

  test.each([
    [[], exitCodes.done],
    [[exitCodes.refused], exitCodes.refused],
    [[exitCodes.refused, exitCodes.unavailable], exitCodes.unavailable],
    [[exitCodes.unavailable, exitCodes.refused, exitCodes.usage], exitCodes.usage],
  ])('with faults %j ends with %i: the first to mend', (codes, exitCode) => {
    const faults = codes.map((code) => fault('x', 'x', null, code));
    expect(exitCodeOf([{ neighbour: 'EHR', checks: [...faults, warning('y', 'y', null)] }])).toBe(exitCode);
  });
});

test('shows every column of a row by type, length class and reading', () => {
  const columns = new Map(
    Object.entries({ patient_id: 'integer', last_name: 'text', birth_date: 'text', email: 'text' }),
  );
  const row = { patient_id: '17', last_name: 'Example-Doe', birth_date: ' ', email: null };
  const known = ['patient_id', 'last_name', 'birth_date', 'email', 'sex'];
  expect(describeColumns(known, columns, row, [{ column: 'last_name', problem: 'malformed' }])).toEqual([
    'patient_id  integer    under 10 characters   as expected',
    'last_name   text       under 100 characters  malformed',
    'birth_date  text       blank                 as expected',
    'email       text       null',
    'sex         not given',
  ]);
});

describe('the sender of documents', () => {
  const organizationOid = '2.16.840.1.113883.3.6147.458.77777.1.1.1.1';
  const clinic = readOrganizationFile(join(packageRoot, 'jobs/organization.example.json'), organizationOid);
  const technical = clinic.contacts.filter(({ purpose }) => purpose === 'Technical');
  const named = (purpose: string, emailAddresses: readonly string[]): typeof technical =>
    technical.map((contact) => ({ ...contact, purpose, emailAddresses }));

  test.each([
    ['without a file', null, 'warning', /OID alone\.$/],
    ['with a technical contact alone', { ...clinic, contacts: technical }, 'warning', /Clinic, and no phone\.$/],
    ['of another organisation', { ...clinic, oid: '1.2.3' }, 'warning', /describes 1\.2\.3/],
    ['without an e-mail address', { ...clinic, contacts: named('Records', []) }, 'ok', /no e-mail address\.$/],
    ['with phone and e-mail', clinic, 'ok', /\+1\d+, \S+@\S+\.$/],
  ])('%s is examined', (_, sender, result, says) => {
    const check = checkSender({ sender, organizationOid });
    expect(check).toMatchObject({ result });
    expect(check.says).toMatch(says);
    if (result === 'warning') expect(JSON.stringify(check)).toContain('ORGANIZATION_FILE');
  });
});
