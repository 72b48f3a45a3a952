import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readStatus } from '../../../src/report/text/status.ts';
import {
  count,
  encounters,
  encountersHeader,
  fieldSite,
  found,
  manyEncounters,
  manyPatients,
  open,
  patients,
  patientsHeader,
  syncedSite,
  usual,
  type Files,
} from '../support/field-site.ts';

/** Extracts of which a part is missing, damaged, old or still being written: no such night is clean, and none tells what is not so. */

/** Breaks the lines of the first patients or visits: a field too many. */
const broken =
  (upTo: number) =>
  (line: string): string =>
    Number(line.slice(1, 4)) <= upTo ? line.replace(',', ',,') : line;

describe('a file that lost what it had', () => {
  const line = (field: string): string => `${field} rows, and the last full sweep read ${count} rows from it`;
  it('is refused before the plan, and passes with --allow-large-change', async () => {
    const site = await syncedSite();
    const headerAlone = { ...usual, 'patients.csv': patientsHeader };
    const lessThanHalf = { 'encounters.csv': manyEncounters(19) };
    const changesAlone = { 'patients.csv': manyPatients(2), 'encounters.csv': encountersHeader };
    for (const [files, sentence] of [
      [headerAlone, `patients.csv has ${line('0')}`],
      [changesAlone, `patients.csv has ${line('2')}`],
      [{ ...usual, ...lessThanHalf }, `encounters.csv has ${line('19')}`],
    ] as const) {
      const refusal = await site.refusal(files);
      expect([refusal.exitCode, refusal.message]).toEqual([75, expect.stringContaining(sentence)]);
    }
    const allowed = await site.run({ ...headerAlone, ...lessThanHalf }, { allowLargeChange: true });
    expect([allowed.exitCode, allowed.taken]).toEqual([2, {}]);
    expect([allowed.summary.patients.gone, allowed.summary.encounters.gone]).toEqual([count, count - 19]);
    const back = await site.run(usual);
    expect({ exitCode: back.exitCode, taken: back.taken, open: open(back) }).toEqual({
      exitCode: 0,
      taken: {},
      open: [],
    });
  });

  it('with half of its rows is plausible: missing rows are gone', async () => {
    const site = await syncedSite();
    const night = await site.run({ 'patients.csv': manyPatients(20), 'encounters.csv': manyEncounters(20) });
    expect([night.exitCode, night.summary.patients.gone]).toEqual([2, 20]);
  });

  it('has all other ids, and every earlier row gone', async () => {
    const site = await syncedSite();
    const others = { ...usual, 'patients.csv': manyPatients(count).replaceAll(/^P(\d+),M/gm, 'Q$1,N') };
    const refusal = await site.refusal(others);
    expect([refusal.exitCode, refusal.message]).toEqual([
      75,
      expect.stringContaining(`all ${count} patients in the ledger are gone`),
    ]);
    expect(site.storedIds()).toHaveLength(count);
  });
});

describe('lines left out', () => {
  it('of a patient leaves it unread and its visit waiting until mended', async () => {
    const site = await syncedSite();
    const night = await site.run({
      'patients.csv': manyPatients(count, broken(3)),
      'encounters.csv': manyEncounters(count).replace(
        'E003,P003,outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,cough',
        'E003,P003,outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,flu',
      ),
    });
    expect([night.exitCode, night.taken]).toEqual([2, {}]);
    expect(found(night)).toEqual([
      'unread encounter E003 patient_unread',
      ...['P001', 'P002', 'P003'].map((id) => `unread patient ${id} line_unread`),
    ]);
    expect(open(night)[0]).toBe('lines_left_out file patients.csv too_many_fields person');
    expect(night.summary.patients).toMatchObject({ gone: 0, unread: 3 });
    expect(night.summary.encounters).toMatchObject({ orphan: 0, unread: 1 });
    expect(night.summary.source).toMatchObject({ left_out: { too_many_fields: 3 } });
    expect((await readStatus(site.ledger)).linesForPeople.lines).toBeGreaterThan(0);
    const page = await readFile(join(night.reportFolder, 'report.html'), 'utf8');
    expect(page).toContain('patients.csv');
    const mended = await site.run(usual);
    expect({ exitCode: mended.exitCode, taken: mended.taken, open: open(mended) }).toEqual({
      exitCode: 0,
      taken: {},
      open: [],
    });
  });

  it('from ten on and 5 % are refused with file and reason', async () => {
    const site = await syncedSite();
    expect((await site.run({ ...usual, 'encounters.csv': manyEncounters(count, broken(9)) })).exitCode).toBe(2);
    const files = { ...usual, 'encounters.csv': manyEncounters(count, broken(10)) };
    const refusal = await site.refusal(files);
    expect(refusal.exitCode).toBe(75);
    expect(refusal.message).toContain(
      '10 of the 40 lines of encounters.csv were left out: 10 too_many_fields, first lines 2, 3, 4',
    );
    const allowed = await site.run(files, { allowLargeChange: true });
    expect(allowed.taken).toEqual({});
    expect(allowed.summary.encounters).toMatchObject({ gone: 0, unread: 10 });
  });

  it('may be more where LINES_LEFT_OUT allows it', async () => {
    const site = await syncedSite();
    const files = { ...usual, 'encounters.csv': manyEncounters(count, broken(12)) };
    expect((await site.run(files, { settings: { LINES_LEFT_OUT: '50%' } })).exitCode).toBe(2);
  });

  it('of all rows of a file are refused at any size, and never clean', async () => {
    const site = await fieldSite();
    const noPatient: Files = {
      'patients.csv': manyPatients(5, (line) => line.replace('Smith', 'Sm"ith')),
      'encounters.csv': encountersHeader,
    };
    const noVisit: Files = {
      'patients.csv': manyPatients(5),
      'encounters.csv': manyEncounters(5, (line) => line.replace('cough', 'co"ugh')),
    };
    for (const [file, files] of [
      ['patients.csv', noPatient],
      ['encounters.csv', noVisit],
    ] as const) {
      const refusal = await site.refusal(files);
      expect([refusal.exitCode, refusal.message]).toEqual([
        75,
        expect.stringContaining(`all 5 lines of ${file} were left out: 5 stray_quote, first lines 2, 3, 4`),
      ]);
      const allowed = await site.run(files, { allowLargeChange: true });
      expect([allowed.exitCode, open(allowed)]).toEqual([2, [`lines_left_out file ${file} stray_quote person`]]);
    }
    const mended = await site.run({ 'patients.csv': manyPatients(5), 'encounters.csv': manyEncounters(5) });
    expect({
      exitCode: mended.exitCode,
      patients: site.storedIds().length,
      visits: site.storedVisits().length,
    }).toEqual({ exitCode: 0, patients: 5, visits: 5 });
  });

  it('of a merge undo no known merge, and send no unknown patient', async () => {
    const contract = { 'merges.sql': 'SELECT retired_patient_id, surviving_patient_id FROM merges' };
    const merges = 'retired_patient_id,surviving_patient_id\nP001,P002\nP003,P004\n';
    const site = await syncedSite({ contract }, { ...usual, 'merges.csv': merges });
    const files = {
      'patients.csv': manyPatients(count + 1),
      'encounters.csv': manyEncounters(count + 1),
      'merges.csv': merges.replace('\nP001', '\n,P001'),
    };
    const night = await site.run(files, { allowLargeChange: true });
    expect([night.exitCode, night.taken]).toEqual([2, {}]);
    expect(found(night)).toContain('unread patient P041 merge_unread');
    const mended = await site.run({ ...files, 'merges.csv': merges });
    expect([mended.exitCode, mended.taken]).toEqual([0, { NewPatient: 1, VisitPush: 1 }]);
  });
});

describe('an export that has stopped, or still runs', () => {
  it("is reported nightly once its files exceed EXTRACT_MAX_AGE or their neighbours' age", async () => {
    const site = await syncedSite();
    const age = async (file: string, hours: number): Promise<void> => {
      const time = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(site.folder, file), time, time);
    };
    await age('patients.csv', 9 * 24);
    await age('encounters.csv', 9 * 24);
    // A line that stood there the night before leaves the exit code to what is new; it stays listed.
    for (const exit of [2, 0]) {
      const night = await site.nightly();
      expect([night.exitCode, night.taken]).toEqual([exit, {}]);
      expect(open(night)).toEqual([
        'extract_old file encounters.csv too_old person',
        'extract_old file patients.csv too_old person',
      ]);
    }
    expect((await readStatus(site.ledger)).linesForPeople.lines).toBe(2);
    const patient = await site.nightly({ settings: { EXTRACT_MAX_AGE: '240h' } });
    expect([patient.exitCode, open(patient)]).toEqual([0, []]);
  });

  it('ends the night when a file grows between two looks; nothing is sent', async () => {
    const site = await fieldSite({ settings: { EXTRACT_SETTLE: '2s' } });
    const growth = new AbortController();
    await writeFile(join(site.folder, 'patients.csv'), patients);
    await writeFile(join(site.folder, 'encounters.csv'), encounters);
    const growing = (async () => {
      for (let row = 7; !growth.signal.aborted; row += 1) {
        await writeFile(join(site.folder, 'patients.csv'), `P${row},M${row},Ana,,Smith,1980-05-04,F,,,,,,,\n`, {
          flag: 'a',
        });
        await setTimeout(700);
      }
    })();
    const fault = await site.nightly().catch((error: unknown) => error);
    growth.abort();
    await growing;
    expect(fault).toMatchObject({ exitCode: 69, message: expect.stringMatching(/patients\.csv/) as unknown });
    expect(site.storedIds()).toEqual([]);
  });
});
