import { appendFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NeighbourFault, UsageFault } from '../../../src/fault.ts';
import { listCsvFiles, requireUnchanged } from '../../../src/ehr/csv/csv-files.ts';
import { dropLandings } from '../../../src/ehr/csv/csv-landing.ts';
import { csvSite, type CsvSite } from '../support/csv-site.ts';
import { scanned } from '../support/ehr-site.ts';

let site: CsvSite;
beforeAll(async () => {
  site = await csvSite();
});
afterAll(() => site.drop());

const patients = 'Id,BIRTHDATE,FIRST,LAST\np1,1980-01-01,Ana1,Rivas22\n';
const encounters = 'Id,START,STOP,PATIENT,ENCOUNTERCLASS\ne1,2026-01-01,2026-01-02,p1,wellness\n';

type Files = Readonly<Record<string, string | Buffer>>;

/** The fault of landing these files with the Synthea contract. */
async function faultOf(files: Files, contractFolder?: string): Promise<string> {
  const landing = site.land(await site.folder(files), contractFolder);
  const fault: unknown = await landing.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(UsageFault);
  return (fault as UsageFault).message;
}

/** A contract folder with these files under `landing/`. */
async function contractWith(declarations: Files): Promise<string> {
  const folder = await site.folder({});
  await mkdir(join(folder, 'landing'));
  for (const [name, content] of Object.entries(declarations)) await writeFile(join(folder, 'landing', name), content);
  return folder;
}

describe('landCsv', () => {
  it('lands what a contract needs without optional files and columns', async () => {
    const landing = await site.land(await site.folder({ 'patients.csv': patients, 'encounters.csv': encounters }));
    const ehr = await site.open(landing);
    expect(await scanned(ehr, 'patient')).toEqual([
      expect.stringMatching(/^\\N\tp1\t\\N\tAna\t\\N\tRivas\t1980-01-01\t/),
    ]);
    expect(await scanned(ehr, 'encounter')).toEqual([
      expect.stringMatching(/^\\N\te1\tp1\toutpatient\tfinished\t2026-01-01\t2026-01-02\t\\N/),
    ]);
    expect([ehr.columnsOf('merge').size, ehr.hasUpdatedAt('patient')]).toEqual([0, false]);
  });

  it('takes a name in capitals and undeclared columns', async () => {
    const folder = await site.folder({
      'PATIENTS.CSV': 'Id,Blood Group,\np1,AB,x\n',
      'encounters.csv': encounters,
      'notes.txt': 'not a CSV file',
      '.hidden.csv': 'half written',
    });
    const landing = await site.land(folder);
    expect(await site.rows(landing, 'patients')).toEqual([
      expect.objectContaining({ id: 'p1', blood_group: 'AB', column_3: 'x', first: null }),
    ]);
  });

  it("takes the time of the oldest file as the source's clock", async () => {
    const folder = await site.folder({ 'patients.csv': patients, 'encounters.csv': encounters });
    const old = new Date('2026-01-02T03:04:05Z');
    await utimes(join(folder, 'encounters.csv'), old, old);
    const landing = await site.land(folder);
    expect(landing.oldestFileTime).toEqual(old);
    const ehr = await site.open(landing);
    expect(await ehr.snapshot((snapshot) => snapshot.clock())).toEqual(old);
  });

  it('takes the time of the database where every file is dated in the future', async () => {
    const folder = await site.folder({ 'patients.csv': patients, 'encounters.csv': encounters });
    const future = new Date(Date.now() + 86_400_000);
    for (const file of ['patients.csv', 'encounters.csv']) await utimes(join(folder, file), future, future);
    const ehr = await site.open(await site.land(folder));
    const clock = await ehr.snapshot((snapshot) => snapshot.clock());
    expect(clock.getTime()).toBeLessThan(Date.now() + 60_000);
  });

  it('keeps rows out of the write-ahead log, and indexes a large file', async () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `p${index}`);
    const landing = await site.land(
      await site.folder({ 'patients.csv': `Id,FIRST\n${ids.join(',x\n')},x\n`, 'encounters.csv': encounters }),
    );
    const { rows } = await site.session.query(
      'a look at the tables',
      `SELECT DISTINCT relpersistence FROM pg_class WHERE relnamespace = '${landing.schema}'::regnamespace`,
    );
    expect(rows).toEqual([{ relpersistence: 'u' }]);
    const indexed = await site.session.query(
      'a look at the indexes',
      `SELECT tablename FROM pg_indexes WHERE schemaname = '${landing.schema}' AND tablename IN ('patients', 'encounters')`,
    );
    expect(indexed.rows).toEqual([{ tablename: 'patients' }]);
    expect((await site.open(landing)).warnings).toEqual([]);
  });

  it('keeps rows with the same key for the report', async () => {
    const landing = await site.land(
      await site.folder({ 'patients.csv': 'Id,FIRST\np1,Ana\np1,Eva\n', 'encounters.csv': encounters }),
    );
    expect((await (await site.open(landing)).fetch('patient', ['p1'])).get('p1')).toHaveLength(2);
  });

  it('lists every fault of the files at once, without values', async () => {
    const fault = await faultOf({
      'patients.csv': 'p1,1980-01-01,Margaret,Rivas\np2,1980-01-01,Eva,Rivas\n',
      'encounters.csv': 'START,Stop,stop\n',
      'organizations.csv': Buffer.from('\ufeffId,NAME\n', 'utf16le'),
      'providers.csv': '',
      'devices.csv': '"PATIENT,ENCOUNTER\n',
      'careplans.csv': 'PATIENT,ENCOUNTER\n',
      'CAREPLANS.CSV': 'PATIENT,ENCOUNTER\n',
    });
    expect(fault.split('\n').slice(1).sort()).toEqual([
      expect.stringMatching(/CAREPLANS\.CSV and careplans\.csv are the same table here; take one of them away\.$/),
      expect.stringMatching(/columns 2 and 3 of the header of encounters\.csv have the same name here; rename one/),
      expect.stringMatching(/devices\.csv has a header line that cannot be read \(stray_quote\)/),
      expect.stringMatching(
        /encounters\.csv has no column id, which landing\/encounters\.sql requires; have the export/,
      ),
      expect.stringMatching(/encounters\.csv has no column patient, which landing\/encounters\.sql requires/),
      expect.stringMatching(/organizations\.csv is UTF-16; set CSV_ENCODING=utf-16, or export it as UTF-8\.$/),
      expect.stringMatching(/patients\.csv has no header line that names any of its columns .*export it with a header/),
      expect.stringMatching(/providers\.csv is empty; a file without rows still has its header line\.$/),
    ]);
    expect(fault).not.toContain('Margaret');
  });

  it('reports a missing file of patients or encounters', async () => {
    expect(await faultOf({ 'organizations.csv': 'Id,NAME\n' })).toMatch(
      /patients\.csv is missing; have the export write it.*encounters\.csv is missing/s,
    );
  });

  it('reports an empty or missing folder', async () => {
    expect(await faultOf({ 'patients.txt': patients })).toMatch(/holds no CSV file.*EHR_URL=csv:<folder>/);
    const gone = await site.folder({});
    await rm(gone, { recursive: true });
    await expect(site.land(gone)).rejects.toThrow(/There is no folder .*correct the path/);
  });

  it('leaves nothing behind after a fault', async () => {
    await dropLandings(site.session);
    await faultOf({ 'patients.csv': patients, 'encounters.csv': 'nothing\n' });
    expect(await dropLandings(site.session)).toBe(0);
  });

  it('refuses by name declarations that stop a landing or log rows', async () => {
    const contract = await contractWith({
      'patients.sql': 'CREATE TABLE patients (id text PRIMARY KEY, birthdate date)',
      'visits.sql': 'CREATE UNLOGGED TABLE encounters (id text)',
    });
    const fault = await faultOf({ 'patients.csv': patients }, contract);
    expect(fault).toContain('landing/patients.sql creates a logged table; write CREATE UNLOGGED TABLE');
    expect(fault).toContain('landing/patients.sql declares birthdate as date; declare it text and cast in the query');
    expect(fault).toContain(
      'landing/patients.sql declares a key, a constraint or an index other than a hash index; take it out',
    );
    expect(fault).toContain('landing/visits.sql does not create a table visits; name it like the file');
    expect(await faultOf({ 'a.csv': 'x\n' }, await contractWith({ 'a.sql': 'CREATE TABEL a' }))).toMatch(
      /landing\/a\.sql of the EHR contract was refused: syntax error .*must hold one CREATE UNLOGGED TABLE/,
    );
  });

  it('notices that a file has changed since the listing', async () => {
    const folder = await site.folder({ 'patients.csv': patients, 'encounters.csv': encounters });
    const files = await listCsvFiles(folder);
    await requireUnchanged(files);
    await appendFile(join(folder, 'patients.csv'), 'p2,1980-01-01,Eva,Rivas\n');
    await expect(requireUnchanged(files)).rejects.toThrow(NeighbourFault);
    await expect(requireUnchanged(files)).rejects.toThrow(
      /patients\.csv changed while it was being read.*still being written; start the job again/,
    );
    await rm(join(folder, 'patients.csv'));
    await expect(requireUnchanged(files)).rejects.toThrow(NeighbourFault);
  });
});

describe('dropLandings', () => {
  it('drops every landing except the one to keep', async () => {
    await dropLandings(site.session);
    await site.session.query('a schema of somebody else', 'CREATE SCHEMA redox_reconcile_landings');
    const folder = await site.folder({ 'patients.csv': patients, 'encounters.csv': encounters });
    await site.land(folder);
    const kept = await site.land(folder);
    expect(await dropLandings(site.session, [kept.schema])).toBe(1);
    expect(await site.rows(kept, 'patients')).toHaveLength(1);
    expect(await dropLandings(site.session)).toBe(1);
    await site.session.query('a schema of somebody else', 'DROP SCHEMA redox_reconcile_landings');
  });
});
