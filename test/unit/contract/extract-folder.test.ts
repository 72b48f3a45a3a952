import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageFault } from '../../../src/fault.ts';
import { listCsvFiles } from '../../../src/ehr/csv/csv-files.ts';

const here = mkdtempSync(join(tmpdir(), 'extract-'));
writeFileSync(join(here, 'patients.csv'), 'patient_id\n1\n');
mkdirSync(join(here, 'empty'));

test.each([
  ['is not there', join(here, 'mnt', 'export'), `(the nearest that is there: ${here})`],
  ['is a file', join(here, 'patients.csv'), `name the folder that holds the files (${here})`],
  ['lies within a file', join(here, 'patients.csv', 'deeper'), `name the folder that holds the files`],
  ['is empty', join(here, 'empty'), 'a share that is not mounted looks empty'],
])('a folder of extracts that %s is a fault of EHR_URL with a remedy', async (_what, folder, hint) => {
  const said: unknown = await listCsvFiles(folder).catch((error: unknown) => error);
  expect(said).toBeInstanceOf(UsageFault);
  expect(String(said)).toContain('EHR_URL=csv:<folder>');
  expect(String(said)).toContain(hint);
  expect(String(said)).toContain(folder);
});
