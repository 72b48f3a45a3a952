import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { csvSite, type CsvSite } from '../support/csv-site.ts';
import { text, type CsvRow } from '../support/synthea/synthea-export.ts';
import { rowsOf } from '../support/synthea/synthea-sections.ts';
import { fetchPage } from '../support/ehr-site.ts';

const data = (name: string): string => join(packageRoot, '../shared/data', name);

describe('the contract with Synthea', () => {
  let site: CsvSite;
  beforeAll(async () => {
    site = await csvSite();
  });
  afterAll(() => site.drop());

  it('has a place for every observation, also without a category', async ({ skip }) => {
    for (const name of ['synthea-27', 'synthea-16-crlf']) {
      if (!existsSync(data(name))) return skip(`${data(name)} is not here; this export was not tried`);
      const files = Object.fromEntries(
        await Promise.all(
          ['patients.csv', 'encounters.csv', 'observations.csv'].map(
            async (file) => [file, await readFile(join(data(name), file))] as const,
          ),
        ),
      );
      const rows = await rowsOf(data(name), 'observations.csv');
      const uncategorised = rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'CATEGORY')),
      );
      const placed = await placesOf(files);
      expect(sum(placed)).toBe(rows.filter((row) => text(row, 'ENCOUNTER') !== '').length);
      const withoutCategory = await placesOf({
        ...files,
        'observations.csv': stringify(uncategorised, { header: true }),
      });
      expect(sum(withoutCategory)).toBe(sum(placed));
      expect(withoutCategory.social_history).toBe(placed.social_history);
    }
  });

  it('reads older exports with fewer columns', async () => {
    const landing = await site.land(
      await site.folder({
        'patients.csv': 'Id\np1\n',
        'encounters.csv':
          'Id,START,STOP,PATIENT,ENCOUNTERCLASS,REASONCODE,REASONDESCRIPTION\ne1,2010-01-01,2010-01-02,p1,inpatient,1,Why\n',
        'allergies.csv':
          'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2010-01-01,,p1,e1,91935009,Allergy to peanuts\n',
        'conditions.csv': 'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2010-01-01,2010-02-01,p1,e1,2,Caries\n',
        'procedures.csv': 'DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,COST\n2010-01-01,p1,e1,3,Filling,1.0\n',
        'observations.csv':
          'DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,VALUE,UNITS,TYPE\n' +
          '2010-01-01,p1,e1,8302-2,Body Height,180.0,cm,numeric\n2010-01-01,p1,e1,72166-2,Smoking,Former smoker,,text\n' +
          '2010-01-01,p1,e1,72166-2,Smoking,Only cigars,,text\n2010-01-01,p1,e1,X9-1,Odd,a,null,text\n',
      }),
    );
    const ehr = await site.open(landing);
    expect(ehr.warnings).toEqual([]);
    const { sections } = await fetchPage(ehr, [], ['e1']);
    expect(sections.get('e1')).toMatchObject({
      allergies: [
        { substance_code: '91935009', substance_code_system: 'SNOMED CT', type: 'allergy', reaction_code: null },
      ],
      problems: [{ code: '2', code_system: 'SNOMED CT', status: 'resolved', ended_at: '2010-02-01' }],
      admission_diagnosis: [{ code: '1', name: 'Why' }],
      discharge_diagnosis: [{ code: '2' }],
      procedures: [{ code: '3', code_system: 'SNOMED CT', performed_at: '2010-01-01', comment: null }],
      vital_signs: [{ code: '8302-2', value: '180.0', units: 'cm' }],
      social_history: [
        { kind: 'tobacco', code: '8517006', code_system: 'SNOMED CT', name: 'Former smoker', smoking_status: 't' },
        { kind: 'observation', code: '72166-2', code_system: 'LOINC', value: 'Only cigars', smoking_status: null },
      ],
      results: [{ code: 'X9-1', code_system: null, value: 'a', units: null }],
    });
  });

  it('tells what was given and what is no disease from the rest', async () => {
    const landing = await site.land(
      await site.folder({
        'patients.csv': 'Id\np1\n',
        'encounters.csv':
          'Id,START,STOP,PATIENT,ENCOUNTERCLASS\ne1,2010-01-01T08:00:00Z,2010-01-01T09:00:00Z,p1,ambulatory\n' +
          'e2,2010-02-01T08:00:00Z,2010-02-03T09:00:00Z,p1,inpatient\n',
        'conditions.csv':
          'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2010-01-01,,p1,e1,1,Full-time employment (finding)\n' +
          '2010-01-01,2010-01-02,p1,e1,2,Medication review due (situation)\n2010-01-01,,p1,e1,3,Gout (disorder)\n' +
          '2010-01-01,,p1,e1,4,Caries\n',
        'medications.csv':
          'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2010-01-01T08:30:00Z,2010-01-01T08:30:00Z,p1,e1,5,Given\n' +
          '2010-01-01T08:30:00Z,,p1,e1,6,Taken\n2010-01-01T08:30:00Z,2010-04-01T08:30:00Z,p1,e1,7,Taken\n' +
          '2010-02-01T08:30:00Z,2010-02-02T08:30:00Z,p1,e2,8,Given\n2010-02-02T08:30:00Z,,p1,e2,9,Afterwards\n',
      }),
    );
    const { sections } = await fetchPage(await site.open(landing), [], ['e1', 'e2']);
    const first = sections.get('e1');
    expect(first?.problems?.map(({ code }) => code).sort()).toEqual(['3', '4']);
    expect(first?.health_concerns?.map(({ code, status }) => `${code ?? ''} ${status ?? ''}`).sort()).toEqual([
      '1 active',
      '2 completed',
    ]);
    const kinds = [...(first?.medications ?? []), ...(sections.get('e2')?.medications ?? [])].map(
      ({ code, kind }) => `${code ?? ''} ${kind ?? ''}`,
    );
    expect(kinds.sort()).toEqual(['5 administered', '6 current', '7 current', '8 administered', '9 discharge']);
  });

  it("changes a visit's clinical_version exactly when a clinical row changes", async () => {
    const [height, weight] = ['d,e1,8302-2,180.0', 'd,e1,29463-7,80.0'];
    const first = await versionsOf([height, weight]);
    expect(first.get('e1')).toMatch(/^-?[0-9]+$/);
    expect(first.get('e2')).toBeNull();
    expect(await versionsOf([weight, height, 'd,,QALY,9.0'])).toEqual(first);
    for (const other of [[height], [height, weight, weight], [height, 'd,e1,29463-7,81.0']]) {
      const versions = await versionsOf(other);
      expect(versions.get('e1')).not.toBe(first.get('e1'));
      expect(versions.get('e2')).toBeNull();
    }
    expect((await versionsOf([height, 'd,e2,29463-7,80.0'])).get('e2')).not.toBeNull();
  });

  /** The version of either visit where the file of observations has these rows. */
  async function versionsOf(observations: readonly string[]): Promise<Map<string, string | null | undefined>> {
    const landing = await site.land(
      await site.folder({
        'patients.csv': 'Id\np1\n',
        'encounters.csv': 'Id,START,STOP,PATIENT\ne1,2010-01-01,2010-01-02,p1\ne2,2010-01-01,2010-01-02,p1\n',
        'observations.csv': ['DATE,ENCOUNTER,CODE,VALUE', ...observations, ''].join('\n'),
      }),
    );
    const rows = await (await site.open(landing)).fetch('encounter', ['e1', 'e2']);
    return new Map([...rows].map(([id, found]) => [id, found[0]?.row.clinical_version]));
  }

  const places = ['results', 'vital_signs', 'social_history'] as const;
  type Places = Record<(typeof places)[number], number>;
  const sum = (counts: Places): number => Object.values(counts).reduce((total, count) => total + count, 0);

  async function placesOf(files: Readonly<Record<string, string | Buffer>>): Promise<Places> {
    const ehr = await site.open(await site.land(await site.folder(files)));
    const visits: CsvRow[] = parse(files['encounters.csv'] ?? '', { columns: true });
    const { sections } = await fetchPage(
      ehr,
      [],
      visits.map((row) => text(row, 'Id')),
    );
    const counts: Places = { results: 0, vital_signs: 0, social_history: 0 };
    for (const rows of sections.values()) for (const place of places) counts[place] += rows[place]?.length ?? 0;
    return counts;
  }
});
