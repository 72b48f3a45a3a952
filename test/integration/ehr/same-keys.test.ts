import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import type { Run } from '../../../src/ledger/run/run.ts';
import { isSunday, logSameKeys } from '../../../src/run/same-keys.ts';
import { ehrSite, someEncounters, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
});
afterAll(() => site.drop());

/** Rows of id, first name, last name, birth date and ZIP. */
const people = [
  "('1', 'Ana', 'Ruiz', date '1980-05-01', '53703')",
  "('2', ' ANA ', 'ruiz', date '1980-05-01', '53703-1234')",
  "('2', 'Ana', 'Ruiz', date '1980-05-01', '537031234')",
  "('3', 'Ana', 'Ruiz', date '1980-05-01', '53704')",
  "('4', 'Ana', 'Ruiz', date '1980-05-01', '53703')",
  "('5', 'Ana', 'Ruiz', date '1980-05-02', '53703')",
  "('6', NULL, 'Ruiz', date '1980-05-01', '53703')",
  "('7', ' ', 'Ruiz', date '1980-05-01', '53703')",
  "('8', 'Jo  Ann', 'Lee', date '1990-01-02', 'SW1A 1AA')",
  "('9', 'Jo Ann', 'Lee', date '1990-01-02', 'SW1A 1AA')",
];
const columns = 'patient_id, first_name, last_name, birth_date, zip';

const open = (files: Readonly<Record<string, string>> = {}): Promise<Ehr> =>
  site.open({
    'patients.sql': `SELECT * FROM (VALUES ${people.join(', ')}) AS p (${columns}) -- the whole table`,
    'encounters.sql': someEncounters,
    ...files,
  });

describe('patients with the same match keys', () => {
  it('are counted as others compare them, without those merged away', async () => {
    const same = await (await open()).snapshot((snapshot) => snapshot.sameKeys());
    expect(same).toEqual({
      patients: 5,
      pairs: 4,
      examples: [
        ['1', '2', '4'],
        ['8', '9'],
      ],
    });

    const merged = await open({ 'merges.sql': "SELECT '4' AS retired_patient_id, '1' AS surviving_patient_id" });
    expect(await merged.snapshot((snapshot) => snapshot.sameKeys())).toMatchObject({ patients: 4, pairs: 2 });
  });

  it('are none where nobody shares keys, and unknown without a key', async () => {
    const nobody = await open({
      'patients.sql': `SELECT '1' AS patient_id, 'A' AS first_name, 'B' AS last_name, '1980' AS birth_date, '1' AS zip`,
    });
    expect(await nobody.snapshot((snapshot) => snapshot.sameKeys())).toEqual({ patients: 0, pairs: 0, examples: [] });
    const keyless = await open({ 'patients.sql': "SELECT '1' AS patient_id, 'B' AS last_name" });
    expect(await keyless.snapshot((snapshot) => snapshot.sameKeys())).toBeNull();
  });

  it('are logged by their ids, and a failure leaves the night alone', async () => {
    const logged = async (ehr: Ehr): Promise<readonly unknown[]> => {
      const events: unknown[] = [];
      const run: Run = {
        id: 'r-1',
        number: 1,
        job: 'nightly',
        mode: 'sweep',
        planOnly: false,
        startedAt: new Date(0),
        watermark: null,
      };
      const { signal } = new AbortController();
      await logSameKeys({ ehr, run, signal, log: (event, fields) => events.push([event, fields]) });
      return events;
    };
    expect(await logged(await open())).toEqual([
      ['same_keys', { runId: 'r-1', patients: 5, pairs: 4, examples: '1 2 4; 8 9' }],
    ]);
    const broken = await open({
      'patients.sql': `SELECT id::text AS patient_id, 'A' AS first_name, 'B' AS last_name, '1980' AS birth_date, (53703 / id)::text AS zip FROM (VALUES (1), (0)) AS p (id)`,
    });
    expect(await logged(broken)).toEqual([
      ['contract_warning', { file: 'patients.sql', warning: expect.stringContaining('The night goes on') as string }],
    ]);
  });
});

it.each([
  ['2026-11-29T06:00:00Z', true],
  ['2026-11-29T04:59:00Z', false],
  ['2026-11-30T04:59:00Z', true],
])('%s is a Sunday in New York: %s', (at, is) => {
  expect(isSunday(new Date(at), 'America/New_York')).toBe(is);
});
