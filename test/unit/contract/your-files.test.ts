import { describe, expect, test } from 'vitest';
import { settings } from '../../../src/config/settings.ts';
import { readingsOf } from '../../../src/ehr/csv/csv-name.ts';
import { landingName, tableNameOf } from '../../../src/ehr/landing/landing-name.ts';
import { openPage } from '../report/markdown-page.ts';

const page = openPage('docs/your-files.md');

describe('docs/your-files.md', () => {
  test.each(page.table('Settings'))('names $name and its default', ({ name = '', default: usual }) => {
    const setting = settings[name.replaceAll('`', '') as 'CSV_ENCODING' | 'CSV_DELIMITER' | 'EXTRACT_SETTLE'];
    expect('default' in setting ? `\`${setting.default}\`` : 'found in the header').toBe(usual);
  });

  test.each([
    ['Visit Notes.csv', 'visit_notes'],
    ['PATIENTS.CSV', 'patients'],
    ['patients.csv.gz', 'patients'],
    ['Größe.csv', 'größe'],
    ['患者.csv', '患者'],
  ])('%s is the table %s', (file, table) => {
    expect(tableNameOf(file)).toBe(table);
  });

  test("keeps names within Postgres's limit, cut at a whole letter", () => {
    expect(landingName('ü'.repeat(40))).toBe('ü'.repeat(31));
  });

  test.each([
    ['patients_1.csv', { table: 'patients', date: null, part: 1, parts: null }],
    ['patients_20260301.csv', { table: 'patients', date: '20260301', part: null, parts: null }],
    ['patients-2026-03-01.csv', { table: 'patients', date: '20260301', part: null, parts: null }],
    ['patients_20260301_0200_1.csv', { table: 'patients', date: '202603010200', part: 1, parts: null }],
  ])('%s can be read as the page says', (file, reading) => {
    expect(readingsOf(file)).toContainEqual(reading);
  });

  test.each(['patients.csv', 'patients_2026.csv', 'patients_03012026.csv', 'labs2.csv'])(
    '%s is neither dated nor a part',
    (file) => {
      expect(readingsOf(file)).toEqual([]);
    },
  );
});
