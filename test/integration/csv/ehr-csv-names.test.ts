import { appendFile, chmod, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NeighbourFault, UsageFault } from '../../../src/fault.ts';
import { usualSettings } from '../support/csv-site.ts';
import { contractFolder, type ExtractSite, extractSite, type Files, usualEncounters } from '../support/extract-site.ts';

let site: ExtractSite;
beforeAll(async () => {
  site = await extractSite();
});
afterAll(() => site.drop());

const header = 'patient_id,mrn,last_name,zip\n';
const row = (id: string): string => `${id},M,Olsen,53703\n`;
const file = (...ids: readonly string[]): string => header + ids.map(row).join('');
const ids = async (files: Files): Promise<unknown[]> => (await site.patients(files)).map(([id]) => id);

describe('the files of a table', () => {
  it('may be packed', async () => {
    expect(await ids({ 'patients.csv.gz': gzipSync(file('1', '2')) })).toEqual(['1', '2']);
  });

  it.each([
    [['patients_1.csv', 'patients_2.csv', 'patients_3.csv']],
    [['patients-000.csv', 'patients-001.csv.gz', 'patients-002.csv']],
    [['patients_part1.csv', 'patients_part2.csv', 'patients_part3.csv']],
    [['Patients 1of3.csv', 'Patients 2of3.csv', 'Patients 3of3.csv']],
    [['patients_20260301_1.csv', 'patients_20260301_2.csv', 'patients_20260301_3.csv']],
  ])('may be parts, such as %j', async (names) => {
    const files = Object.fromEntries(
      names.map((name, index) => [name, name.endsWith('.gz') ? gzipSync(file(`${index}`)) : file(`${index}`)]),
    );
    const landing = await site.landed(files);
    expect(await site.rows(landing, 'patients')).toHaveLength(3);
    expect(landing.source.filter(({ table }) => table === 'patients').map((source) => source.file)).toEqual(names);
  });

  it.each([
    ['patients_20260228.csv', 'patients_20260301.csv'],
    ['patients-2026-02-28.csv', 'patients-2026-03-01.csv.gz'],
    ['patients_2026-03-01T010000.csv', 'patients_2026-03-01T020000.csv'],
    ['20251231_patients.csv', '20260301_patients.csv'],
    ['patients20251231.csv', 'patients20260301.csv'],
  ])('may be dated, such as %s: the run names the newest and reads it', async (old, newest) => {
    const content = file('new');
    const landing = await site.landed({
      [old]: 'whatever',
      [newest]: newest.endsWith('.gz') ? gzipSync(content) : content,
    });
    expect(await site.rows(landing, 'patients')).toEqual([expect.objectContaining({ patient_id: 'new' })]);
    expect(landing.remarks).toEqual([
      { file: newest, isWarning: false, sentence: expect.stringContaining(`the newest by name was read`) as string },
    ]);
    expect(landing.remarks[0]?.sentence).toContain(newest);
  });

  it.each([
    [
      'both packed and not',
      { 'patients.csv': file('1'), 'patients.csv.gz': gzipSync(file('1')) },
      /patients\.csv and patients\.csv\.gz are the same table here; take one of them away/,
    ],
    [
      'parts without a middle one',
      { 'patients_1.csv': file('1'), 'patients_3.csv': file('3') },
      /part 2 of the table patients is missing beside patients_1\.csv, patients_3\.csv/,
    ],
    ['parts without the first', { 'patients_2.csv': file('2') }, /part 1 of the table patients is missing/],
    [
      'parts without the last, whose number is known',
      { 'patients_1of2.csv': file('1') },
      /part 2 of the table patients is missing/,
    ],
    [
      'parts without a header',
      { 'patients_1.csv': file('1'), 'patients_2.csv': row('2') },
      /the header of patients_2\.csv is not that of patients_1\.csv/,
    ],
    [
      'a whole and a part',
      { 'patients.csv': file('1'), 'patients_2.csv': file('2') },
      /patients_2\.csv may be a part of the table patients or a copy of patients\.csv/,
    ],
    [
      'the same date twice',
      { 'patients_20260301.csv': file('1'), 'patients-2026-03-01.csv': file('1') },
      /are the same table here/,
    ],
  ])('are refused where they are %s', async (_, files, sentence) => {
    expect(await site.refusal(files as Files)).toMatch(sentence);
  });

  it('without a date precede older dated ones, and not a newer one', async () => {
    const folder = await site.folder({
      'encounters.csv': usualEncounters,
      'patients.csv': file('1'),
      'patients_20260301.csv': file('2'),
    });
    await utimes(join(folder, 'patients_20260301.csv'), new Date('2026-03-01'), new Date('2026-03-01'));
    expect(await site.rows(await site.land(folder, site.contract), 'patients')).toHaveLength(1);
    await utimes(join(folder, 'patients.csv'), new Date('2026-02-01'), new Date('2026-02-01'));
    await expect(site.land(folder, site.contract)).rejects.toThrow(
      /patients\.csv is older than patients_20260301\.csv, and either could be the table patients/,
    );
  });

  it("keep the contract's names, even one like a date or a part", async () => {
    const contract = await contractFolder(site, {
      'patients.sql': 'SELECT patient_id FROM "labs_2024_1"',
      'encounters.sql': 'SELECT encounter_id, patient_id FROM encounters',
    });
    const folder = await site.folder({ 'labs_2024_1.csv': file('1'), 'encounters.csv': usualEncounters });
    expect(await site.rows(await site.land(folder, contract), 'labs_2024_1')).toHaveLength(1);
  });
});

it('a file that no query reads never stops a run', async () => {
  const strange: Files = {
    'notes.csv': Buffer.from('\ufeffa,b\n', 'utf16le'),
    'empty.csv': '',
    'ragged.csv': 'a,a\n1\n2,3,4\n',
    'packed.csv.gz': 'no gzip',
    'patient_notes_1.csv': 'x\n',
    'zip.csv': 'x\n',
    'locked.csv': 'x\n',
  };
  const folder = await site.folder({ 'encounters.csv': usualEncounters, 'patients.csv': file('1'), ...strange });
  await chmod(join(folder, 'locked.csv'), 0o000);
  const landing = await site.land(folder, site.contract);
  expect(landing.source.map((source) => source.file)).toEqual(['patients.csv', 'encounters.csv']);
  expect([landing.remarks, landing.findings]).toEqual([[], []]);
});

it('an unreadable, declared file that no query reads costs a warning', async () => {
  const contract = await contractFolder(site, {
    'patients.sql': 'SELECT patient_id FROM patients',
    'encounters.sql': 'SELECT encounter_id, patient_id FROM encounters',
    'landing/payers.sql': 'CREATE UNLOGGED TABLE payers (id text NOT NULL)',
  });
  const folder = await site.folder({
    'encounters.csv': usualEncounters,
    'patients.csv': file('1'),
    'payers.csv': 'name\nx\n',
  });
  expect((await site.land(folder, contract)).remarks).toEqual([
    {
      file: 'payers.csv',
      isWarning: true,
      sentence: expect.stringMatching(
        /^payers\.csv has no header line .*; no query reads it, so it was left alone\.$/,
      ) as string,
    },
  ]);
});

describe('a header in any script', () => {
  it('keeps its letters, in lower case', async () => {
    const contract = await contractFolder(site, {
      'patients.sql': 'SELECT "患者番号" AS patient_id, größe AS mrn, "имя" AS last_name FROM patients',
      'encounters.sql': 'SELECT encounter_id, patient_id FROM encounters',
    });
    const folder = await site.folder({
      'encounters.csv': usualEncounters,
      'patients.csv': '患者番号,Größe,ИМЯ,名前\n1,2,3,4\n',
    });
    const landing = await site.land(folder, contract);
    expect(await site.rows(landing, 'patients')).toEqual([{ 患者番号: '1', größe: '2', имя: '3', 名前: '4' }]);
    await site.open(landing, contract);
  });

  it('is cut where Postgres cuts, and collisions are refused', async () => {
    const long = '名'.repeat(21);
    const landing = await site.landed({ 'patients.csv': `patient_id,mrn,last_name,zip,${long}é\n1,2,3,4,5\n` });
    expect(await site.rows(landing, 'patients')).toEqual([expect.objectContaining({ [long]: '5' })]);
    expect(await site.refusal({ 'patients.csv': `patient_id,mrn,last_name,zip,${long}é,${long}ö\n` })).toMatch(
      /columns 5 and 6 of the header of patients\.csv have the same name here/,
    );
  });
});

describe('a query for a missing name', () => {
  const refusalOf = async (files: Files): Promise<string> => {
    const landing = await site.land(await site.folder(files), site.contract);
    const fault: unknown = await site.open(landing, site.contract).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageFault);
    return (fault as UsageFault).message;
  };

  it('lists the columns that the file has', async () => {
    const sentence = await refusalOf({
      'patients.csv': 'patient_id,mrn,last_name\n1,M,Olsen\n',
      'encounters.csv': usualEncounters,
    });
    expect(sentence).toMatch(
      /patients\.sql, line 1, was refused: column "zip" does not exist .*; patients\.csv has patient_id, mrn, last_name; have the export write the column/,
    );
    expect(sentence).not.toMatch(/role|search_path|EHR_URL/);
  });

  it('lists the files, and the unreadable ones that look like it', async () => {
    const sentence = await refusalOf({ 'patients.csv': file('1'), 'encounters.csv.zip': 'PK', 'readme.txt': 'x' });
    expect(sentence).toMatch(
      /encounters\.sql, line 1, was refused: .*; a table is a CSV file of its name \(encounters\.csv\); in the folder are encounters\.csv\.zip, patients\.csv, readme\.txt, and of these encounters\.csv\.zip cannot be read as that/,
    );
    expect(sentence).not.toMatch(/role|search_path|EHR_URL/);
  });

  it('hides the names of a first line that may be a patient', async () => {
    const sentence = await refusalOf({ 'patients.csv': 'p1,M1,Margaret,53703\n', 'encounters.csv': usualEncounters });
    expect(sentence).toMatch(/patients\.csv has no header line that names a column which the contract looks for/);
    expect(sentence).not.toMatch(/margaret/i);
  });
});

describe('an extract that is still being written', () => {
  it('ends the run when a file changes between two looks', async () => {
    const folder = await site.folder({ 'patients.csv': file('1'), 'encounters.csv': usualEncounters });
    const growing = setInterval(() => void appendFile(join(folder, 'patients.csv'), row('2')), 60);
    const landing = site.land(folder, site.contract, { ...usualSettings, settleMs: 300 });
    await expect(landing).rejects.toThrow(
      /patients\.csv changed between two looks, so the extract is still being written; start the job again/,
    );
    await expect(landing).rejects.toBeInstanceOf(NeighbourFault);
    clearInterval(growing);
  });

  it('ends the run when a file appears between two looks', async () => {
    const folder = await site.folder({ 'patients.csv': file('1') });
    const coming = setTimeout(() => void writeFile(join(folder, 'encounters.csv'), usualEncounters), 100);
    await expect(site.land(folder, site.contract, { ...usualSettings, settleMs: 400 })).rejects.toThrow(
      /encounters\.csv came between two looks/,
    );
    clearTimeout(coming);
  });

  it('waits for nothing when its files are older than that', async () => {
    const folder = await site.folder({ 'patients.csv': file('1'), 'encounters.csv': usualEncounters });
    const old = new Date(Date.now() - 120_000);
    for (const name of ['patients.csv', 'encounters.csv']) await utimes(join(folder, name), old, old);
    const startedAt = performance.now();
    await site.land(folder, site.contract, { ...usualSettings, settleMs: 60_000 });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
