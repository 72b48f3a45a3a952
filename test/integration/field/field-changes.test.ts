import { describe, expect, it, test } from 'vitest';
import {
  count,
  encounters,
  fieldSite,
  manyEncounters,
  manyPatients,
  odd,
  open,
  patients,
  syncedSite,
  usual,
  withBadBytes,
  type FieldSite,
} from '../support/field-site.ts';

/** Sections, columns and ids that change all at once: the fault is the source's, and nothing of it is told unasked. */

describe('a section', () => {
  const contract = {
    'sections/allergies.sql':
      'SELECT encounter_id, code AS substance_code, code_system AS substance_code_system, name AS substance_name FROM allergies WHERE encounter_id = ANY($1)',
  };
  const rows = Array.from({ length: count }, (_, index) => `E${String(index + 1).padStart(3, '0')}`);
  const allergies = `encounter_id,code,code_system,name\n${rows.map((id) => `${id},7980,RxNorm,Penicillin\n${id},2670,RxNorm,Codeine\n`).join('')}`;
  const all = { ...usual, 'allergies.csv': allergies };
  const flu = { ...usual, 'encounters.csv': manyEncounters(count).replaceAll('cough', 'flu') };
  const namesOf = (site: FieldSite, id: string): unknown =>
    JSON.stringify(site.document(id)['Allergies']).match(/Penicillin|Codeine/g);

  test.each<{ what: string; damaged: Buffer | string; lines: readonly string[] }>([
    {
      what: 'with a line left out',
      damaged: allergies.replace('E005,7980', 'E005,,7980'),
      lines: [
        'lines_left_out file allergies.csv too_many_fields person',
        'unread encounter E005 section_unread next_run',
      ],
    },
    {
      what: 'with a row whose visit cannot be read',
      damaged: withBadBytes(allergies.replace('E005,7980', 'E0¿5,7980')),
      lines: ['unread encounter E005 section_unread person'],
    },
  ])('$what keeps the visit as Redox has it until the file is mended', async ({ damaged, lines }) => {
    const site = await syncedSite({ contract }, all);
    const night = await site.run({ ...flu, 'allergies.csv': damaged });
    expect({ exitCode: night.exitCode, taken: night.taken, open: open(night) }).toEqual({
      exitCode: 2,
      taken: { VisitPush: count - 1 },
      open: lines,
    });
    expect(namesOf(site, 'E005')).toHaveLength(2);
    expect(JSON.stringify(site.document('E005'))).toContain('cough');
    const mended = await site.run({ ...flu, 'allergies.csv': allergies });
    expect({ exitCode: mended.exitCode, taken: mended.taken, open: open(mended) }).toEqual({
      exitCode: 0,
      taken: { VisitPush: 1 },
      open: [],
    });
    expect(namesOf(site, 'E005')).toHaveLength(2);
  });

  test.each<{ what: string; file: string | null; sentence: RegExp }>([
    {
      what: 'whose file is gone',
      file: null,
      sentence: /allergies\.csv is gone, and the last full sweep read 80 rows from it/,
    },
    {
      what: 'whose file has its header alone',
      file: allergies.slice(0, allergies.indexOf('\n') + 1),
      sentence: /allergies\.csv has 0 rows, and the last full sweep read 80/,
    },
    {
      what: 'whose file has shrunk',
      file: allergies.slice(0, allergies.indexOf('E019')),
      sentence: /allergies\.csv has 36 rows, and the last full sweep read 80/,
    },
    {
      what: 'that most visits have lost',
      file: allergies.replaceAll(/^E0[0-2]\d/gm, (id) => id.replace('E', 'X')),
      sentence: /29 of 40 visits to be sent again had rows of sections\/allergies\.sql/,
    },
  ])('$what is refused, and no document goes out without it', async ({ file, sentence }) => {
    const site = await syncedSite({ contract }, all);
    const files = { ...flu, ...(file === null ? {} : { 'allergies.csv': file }) };
    const refusal = await site.refusal(files);
    expect([refusal.exitCode, refusal.message]).toEqual([75, expect.stringMatching(sentence)]);
    expect(namesOf(site, 'E001')).toHaveLength(2);
  });
});

describe('a column that turns unreadable', () => {
  test.each([
    ['birth_date', '1980-05-04', '05/04/1980'],
    ['zip', '53703', '5370'],
    ['sex', ',F,', ',weiblich,'],
    ['deceased', ',N,', ',lebt,'],
    ['last_name', 'Smith', '12345'],
  ])('%s is refused with its counts, also below a hundred patients', async (column, before, after) => {
    const site = await syncedSite();
    const refusal = await site.refusal({ ...usual, 'patients.csv': manyPatients(count).replaceAll(before, after) });
    expect([refusal.exitCode, refusal.message]).toEqual([
      75,
      expect.stringContaining(`${column} was readable in 40 of the changed patients and is now unreadable in 40`),
    ]);
    const few = (line: string): string => (line < 'P010' ? line.replace(before, after) : line);
    expect((await site.run({ ...usual, 'patients.csv': manyPatients(count, few) })).taken).toEqual({
      PatientUpdate: 9,
    });
  });

  it('needs --allow-large-change in a first load, whose plan lists every value', async () => {
    const site = await fieldSite();
    const files = { 'patients.csv': patients.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$2/$3/$1') };
    const refusal = await site.refusal(files);
    expect([refusal.exitCode, refusal.message]).toEqual([
      75,
      expect.stringContaining('birth_date is unreadable in 6 of the 6 patients of this first load'),
    ]);
    const plan = await site.run(files, { planOnly: true });
    expect(odd(plan)).toEqual(
      ['P001', 'P002', 'P003', 'P004', 'P005', 'P006'].map((id) => `${id} malformed birth_date`),
    );
    expect(site.storedIds()).toEqual([]);
    const allowed = await site.run(files, { allowLargeChange: true });
    expect([allowed.taken, odd(allowed)]).toEqual([{ NewPatient: 6, VisitPush: 4 }, odd(plan)]);
  });
});

describe('ids in another spelling', () => {
  const zeros = (text: string): string => text.replaceAll(/\b([PM])0*(\d)/g, '000$2');

  it('are refused without their zeros, and the plan names the matches', async () => {
    const site = await syncedSite({}, { 'patients.csv': zeros(patients), 'encounters.csv': zeros(encounters) });
    const files = {
      'patients.csv': zeros(patients).replaceAll(/\b000/g, ''),
      'encounters.csv': zeros(encounters).replaceAll(/\b000/g, ''),
    };
    const refusal = await site.refusal(files);
    expect([refusal.exitCode, refusal.message]).toEqual([
      75,
      expect.stringMatching(/6 patients are gone, and as many new ones have ids that differ.*leading zeros/),
    ]);
    const plan = await site.run(files, { planOnly: true });
    expect(
      plan
        .csv('open-actions')
        .filter(({ kind }) => kind === 'gone')
        .map(({ entity_id, reason, detail }) => [entity_id, reason, detail]),
    ).toEqual(['1', '2', '3', '4', '5', '6'].map((id) => [`000${id}`, 'similar_patient_id', id]));
    expect(site.storedIds()).toHaveLength(6);
  });

  test.each([
    ['blanks behind', 'P002        '],
    ['a no-break space behind', 'P002\u00a0'],
    ['small letters', 'p002'],
  ])('with %s are matched by no guess, and named', async (_, id) => {
    const site = await fieldSite();
    const night = await site.run({ 'encounters.csv': encounters.replace('P002', id) });
    expect([night.exitCode, night.taken]).toEqual([2, { NewPatient: 6, VisitPush: 3 }]);
    expect(night.csv('open-actions')).toMatchObject([
      { entity_id: 'E2', reason: 'similar_patient_id', detail: 'P002', needs: 'person' },
    ]);
  });
});
