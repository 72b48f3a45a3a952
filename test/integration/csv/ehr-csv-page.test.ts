import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { csvSite, type CsvSite } from '../support/csv-site.ts';
import { contractFolder } from '../support/extract-site.ts';
import { scanned } from '../support/ehr-site.ts';

let site: CsvSite;
beforeAll(async () => {
  site = await csvSite();
});
afterAll(() => site.drop());

it('the extract contract of docs/your-ehr.md keeps open visits open', async () => {
  const page = await readFile(join(packageRoot, 'docs/your-ehr.md'), 'utf8');
  const chapter = page.slice(page.indexOf('**Extracts instead of a database.**'), page.indexOf('## 5.'));
  const [patients = '', encounters = ''] = [...chapter.matchAll(/```sql\n([^`]+)```/g)].map(([, sql]) => sql ?? '');
  const condition = /`(WHERE merged_into [^`]+)`/.exec(chapter)?.[1] ?? '';
  const contract = await contractFolder(site, {
    'patients.sql': patients,
    'encounters.sql': encounters,
    'merges.sql': `SELECT id AS retired_patient_id, merged_into AS surviving_patient_id FROM person ${condition}`,
  });
  const folder = await site.folder({
    'person.csv':
      'id,mrn,changed,given,family,born,gender,phone,merged_into\n' +
      '1,,2026-03-01 10:00,Ada,Example,1961-05-04,F,,\n2,"",2026-03-01 10:00,Ada,Exampel,1961-05-04,F,"",1\n',
    'visit.csv':
      'id,person,began,ended\n7,1,2026-02-27 09:00,\n8,1,2026-02-27 09:00,""\n9,1,2026-02-27 09:00,2026-02-27 10:00\n',
  });
  const landing = await site.land(folder, contract);
  const ehr = await site.open(landing, contract);
  expect((await scanned(ehr, 'encounter')).map((line) => /open|finished/.exec(line)?.[0])).toEqual([
    'open',
    'open',
    'finished',
  ]);
  const merges = await site.session.query(
    'the merges of the page',
    `SELECT id FROM ${landing.schema}.person ${condition}`,
  );
  expect(merges.rows).toEqual([{ id: '2' }]);
});
