import { describe, expect, it } from 'vitest';
import type { NightResult } from '../support/night.ts';
import {
  encounterLines,
  encounters,
  encountersHeader,
  fieldSite,
  found,
  manyPatients,
  odd,
  open,
  patientLines,
  patients,
  patientsHeader,
  syncedSite,
} from '../support/field-site.ts';

/** Rows that are no patients, ids that cannot be sent, and rows that come twice. */

const everyone = ['M0001', 'M0002', 'M0003', 'M0004', 'M0005', 'M0006'];
const allVisits = ['E1', 'E2', 'E3', 'E4'];

/** The line with as many fields as the header. */
const filled = (line: string, header: string): string =>
  `${line}${','.repeat(header.split(',').length - line.split(',').length)}\n`;

/** Of the rows that are none: `entity id detail`, in order. */
const invalid = (night: NightResult): readonly string[] => found(night).filter((line) => line.startsWith('invalid '));

it('a full-width row that is no patient is listed and unsent', async () => {
  const site = await syncedSite({}, {});
  const header = patientsHeader.trim();
  const rows: readonly (readonly [string, string])[] = [
    ['TRAILER,00006', 'trailer'],
    ['Trailer Record,6,20261128', 'trailer'],
    ['T,000006,20261128', 'trailer'],
    ['99,6,20261128', 'trailer'],
    ['FTR,0000006,X', 'trailer'],
    ['TOTAL,6', 'trailer'],
    ['Total patients: 6', 'trailer'],
    ['Record count,6', 'trailer'],
    ['(6 rows affected)', 'trailer'],
    ['6 rows selected.', 'trailer'],
    ['-- End of file --', 'trailer'],
    ['#EOF,6', 'trailer'],
    ['Completion time: 2026-11-28T10:00:00', 'trailer'],
    ['Generated on 2026-11-28', 'nothing_but_key'],
    ['----------,-----,----------,-,---------,----------,-,-,-,-,-,-,-,-', 'ruler'],
    ['==========', 'ruler'],
    [header, 'header_repeated'],
    [header.toUpperCase(), 'header_repeated'],
    ['P007', 'nothing_but_key'],
    ['P008,M0008', 'nothing_but_key'],
    [String.raw`P009,M0009,\N,\N,\N,\N,\N,\N,\N,\N,\N,\N,\N,\N`, 'nothing_but_key'],
    ['P010,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL', 'nothing_but_key'],
    ['P011,M0011,,,,,,,,,,,N,', 'nothing_but_key'],
  ];
  const quoted: typeof rows = [[`"${header.replaceAll(',', '","')}"`, 'header_repeated']];
  for (const some of [rows, quoted]) {
    const lines = some.map(([line]) => filled(line, patientsHeader)).join('');
    const night = await site.run({ 'patients.csv': patients + lines }, { allowLargeChange: true });
    expect([night.taken, site.storedIds()]).toEqual([{}, everyone]);
    expect(invalid(night)).toEqual(
      some.map(([line, detail]) => `invalid patient ${line.replaceAll('"', '').split(',')[0] ?? ''} ${detail}`).sort(),
    );
    // The rows of the night before have gone, and they are nobody who is gone.
    expect(night.summary.patients).toMatchObject({ read: 6 + some.length, invalid: some.length, gone: 0 });
  }
});

it('a row that is no patient needs a person, also at first', async () => {
  const site = await fieldSite();
  const night = await site.run({ 'patients.csv': patients + filled('TRAILER,00006', patientsHeader) });
  expect([night.exitCode, night.taken]).toEqual([2, { NewPatient: 6, VisitPush: 4 }]);
  const next = await site.run();
  expect({ exitCode: next.exitCode, taken: next.taken, gone: next.summary.patients.gone }).toEqual({
    exitCode: 0,
    taken: {},
    gone: 0,
  });
});

it('a row that is no visit is listed and unsent', async () => {
  const site = await syncedSite({}, {});
  const rows = [
    ['TRAILER,00004', 'trailer'],
    ['(4 rows affected)', 'trailer'],
    ['-------,----,---', 'ruler'],
    [encountersHeader.trim(), 'header_repeated'],
    ['E5,P001', 'nothing_but_key'],
    [String.raw`E6,P001,\N,\N,\N,\N,\N`, 'nothing_but_key'],
  ] as const;
  const night = await site.run({
    'encounters.csv': encounters + rows.map(([line]) => filled(line, encountersHeader)).join(''),
  });
  expect(site.storedVisits()).toEqual(allVisits);
  expect(invalid(night)).toEqual(
    rows.map(([line, detail]) => `invalid encounter ${line.split(',')[0] ?? ''} ${detail}`).sort(),
  );
});

it('a header in the midst of both files is never sent', async () => {
  const header = 'PatNr,Akte,Vorname,Zweitname,Nachname,Geb Datum,Geschlecht,Strasse,Ort,Land,PLZ,Tel,Tot,Todestag\n';
  const visitHeader = 'Fall,PatNr,Art,Zustand,Beginn,Ende,Grund\n';
  const site = await fieldSite({
    contract: {
      'patients.sql': `SELECT 'H1-' || patnr AS patient_id, akte AS mrn, vorname AS first_name, nachname AS last_name, geb_datum AS birth_date, plz AS zip FROM patients`,
      'encounters.sql': `SELECT fall AS encounter_id, 'H1-' || patnr AS patient_id, art AS class, zustand AS status, beginn AS started_at, ende AS ended_at FROM encounters`,
    },
  });
  const twice = (head: string, lines: readonly string[]): string =>
    head + lines.slice(0, 2).join('') + head + lines.slice(2).join('');
  const night = await site.run({
    'patients.csv': twice(header, patientLines),
    'encounters.csv': twice(visitHeader, encounterLines),
  });
  expect(night.exitCode).toBe(2);
  expect(found(night)).toEqual(['invalid encounter Fall header_repeated', 'invalid patient H1-PatNr header_repeated']);
  expect([site.storedIds(), site.storedVisits()]).toEqual([everyone, allVisits]);
});

it('a short trailer counts as a line that loses nothing', async () => {
  const site = await syncedSite({}, {});
  const others = patientsHeader + patientLines.slice(0, 5).join('');
  const night = await site.run({
    'patients.csv': `${others}(5 rows affected)\n\nCompletion time: 2026-11-28T10:00:00\n`,
  });
  expect(night.exitCode).toBe(2);
  expect(open(night)).toEqual(['gone patient P006 person', 'lines_left_out file patients.csv no_record person']);
  expect(odd(night)).toEqual(['patients.csv no_record 7', 'patients.csv no_record 9']);
});

it('identical rows count once, and rows that differ are reported', async () => {
  const site = await fieldSite();
  const night = await site.run({
    'patients.csv': patients + patientLines[2] + patientLines[4],
    'encounters.csv': encounters + encounterLines[2],
  });
  expect({ exitCode: night.exitCode, found: found(night), open: open(night) }).toEqual({
    exitCode: 0,
    found: [],
    open: [],
  });
  expect([site.storedIds(), site.storedVisits()]).toEqual([everyone, allVisits]);
  expect((await site.run()).taken).toEqual({});
  const other = await site.run({ 'patients.csv': patients + patientLines[2].replace('Verona', 'Monona') });
  expect([found(other), other.taken]).toEqual([['duplicate_key patient P003'], {}]);
});

const unfit = [
  ['1.23E+11', 'id_spreadsheet'],
  ['1.23e+11', 'id_spreadsheet'],
  ['"1,23E+11"', 'id_spreadsheet'],
  ['1.23E11', 'id_spreadsheet'],
  ['"=""001"""', 'id_spreadsheet'],
  ['#REF!', 'id_spreadsheet'],
  ['########', 'id_spreadsheet'],
  ['P\t7', 'id_control_character'],
  ['"P\n7"', 'id_control_character'],
  ['P\v7', 'id_control_character'],
  ['P\u00017', 'id_control_character'],
  ['P\u001b7', 'id_control_character'],
  ['P\u007f7', 'id_control_character'],
  ['P\u00857', 'id_control_character'],
  ['P\u20287', 'id_control_character'],
  ['P\ufffe7', 'id_control_character'],
] as const;

describe('an id', () => {
  const patient = (id: string, mrn: string): string =>
    `${id},${mrn},Gus,,Hill,1980-05-04,M,7 Elm St,Madison,WI,53703,,N,\n`;
  const visit = (id: string, of: string): string =>
    `${id},${of},outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,cough\n`;

  it('that is unfit is never sent as a patient, an MRN or a document', async () => {
    const site = await syncedSite({}, {});
    const lines = unfit.map(([id], index) => patient(id, `M1${index}`) + patient(`P2${index}`, id));
    const night = await site.run({
      'patients.csv': patients + lines.join(''),
      'encounters.csv': encounters + unfit.map(([id]) => visit(id, 'P001')).join(''),
    });
    expect([site.storedIds(), site.storedVisits()]).toEqual([everyone, allVisits]);
    const listed = night.csv('discrepancies').filter(({ kind }) => kind === 'invalid');
    expect(listed.map(({ entity, detail }) => `${entity ?? ''} ${detail ?? ''}`).sort()).toEqual(
      unfit.flatMap(([, detail]) => [`encounter ${detail}`, `patient ${detail}`, `patient ${detail}`]).sort(),
    );
    const named = new Set(listed.map(({ entity_id }) => entity_id));
    expect(unfit.map((_, index) => `P2${index}`).filter((id) => !named.has(id))).toEqual([]);
  });

  it('that is merely odd is sent unchanged', async () => {
    const site = await fieldSite();
    const ids = [
      ...['4E5', '12E-34', "'00123", '00123', 'P 7', 'P\u00a07', 'P\u200b7', 'P^7'],
      ...['A&B', '<7>', 'ß7', 'TOTAL1', '0', 'e\u0301'],
    ];
    const night = await site.run({
      'patients.csv': patients + ids.map((id, index) => patient(`P1${index}`, id)).join(''),
      'encounters.csv': encounters + ids.map((id, index) => visit(id, `P1${index}`)).join(''),
    });
    expect([night.exitCode, found(night)]).toEqual([0, []]);
    expect(site.storedIds()).toEqual([...everyone, ...ids].sort());
    for (const id of ids) {
      expect(site.document(id)).toMatchObject({
        Header: { Patient: { Identifiers: [{ ID: id }] }, Document: { Visit: { VisitNumber: id } } },
      });
    }
  });
});

describe('a word for nothing', () => {
  it('is no MRN, and no patient or visit id', async () => {
    const words = ['NULL', 'null', 'N/A', 'none', '-', String.raw`\N`, '(null)', '[NULL]', '#N/A', 'NaN', 'unknown'];
    const site = await fieldSite();
    const line = ',Gus,,Hill,1980-05-04,M,7 Elm St,Madison,WI,53703,,N,\n';
    const time = 'outpatient,finished,2026-03-02 09:00:00,,cough\n';
    const ids = words.flatMap((_, index) => [`P1${index}`, `P2${index}`]);
    const night = await site.run({
      'patients.csv':
        patients +
        words
          .map((word, index) => `P1${index},${word}${line}P2${index},${word}${line}${word},M9${index}${line}`)
          .join(''),
      'encounters.csv':
        encounters + words.map((word, index) => `${word},P001,${time}E9${index},${word},${time}`).join(''),
    });
    expect(night.exitCode).toBe(2);
    // Without an MRN, patient_id stands in; nobody shares one.
    expect(site.storedIds()).toEqual([...everyone, ...ids].sort());
    expect(site.storedVisits()).toEqual(allVisits);
    expect(found(night)).toEqual(
      expect.arrayContaining(
        words.flatMap((word) => [
          `invalid encounter ${word} id_says_nothing`,
          `invalid patient ${word} id_says_nothing`,
        ]),
      ),
    );
  });

  it('NULL of SSMS is empty except as a name, which is listed', async () => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': patients
        .replaceAll(/,N,$/gm, ',N,NULL')
        .replace('Bert,,', 'Bert,NULL,')
        .replace('P006,M0006', 'P006,NULL')
        .replace(
          'P005,M0005,Egon,,Field,2001-09-09,M,5 Fir St,Madison,WI,53705',
          'P005,NULL,Egon,NULL,Field,2001-09-09,M,5 Fir St,NULL,WI,NULL',
        ),
      'encounters.csv': encounters.replace('2026-03-05 14:15:00', 'NULL'),
    });
    expect([night.exitCode, open(night)]).toEqual([0, []]);
    expect(odd(night)).toEqual(['P002 null_word middle_name', 'P005 null_word middle_name']);
    expect(site.storedIds()).toEqual(['M0001', 'M0002', 'M0003', 'M0004', 'P005', 'P006']);
    expect(site.stored('P005')).toMatchObject({
      Address: { StreetAddress: '5 Fir St', State: 'WI' },
      IsDeceased: false,
    });
    expect(site.stored('P005')).not.toHaveProperty('Address.City');
    expect(site.document('E4')).not.toHaveProperty('Header.Document.Visit.EndDateTime');
  });

  it('\\N of MySQL is empty in every column, and unlisted', async () => {
    const site = await fieldSite();
    const night = await site.run({
      'patients.csv': patients
        .replaceAll(/,N,$/gm, String.raw`,N,\N`)
        .replace(
          'P005,M0005,Egon,,Field,2001-09-09,M,5 Fir St,Madison,WI,53705',
          String.raw`P005,M0005,Egon,\N,Field,\N,M,5 Fir St,\N,WI,\N`,
        ),
    });
    expect({ exitCode: night.exitCode, open: open(night), odd: odd(night) }).toEqual({
      exitCode: 0,
      open: [],
      odd: [],
    });
    expect(site.stored('M0005')).toMatchObject({ FirstName: 'Egon', LastName: 'Field', IsDeceased: false });
    expect(JSON.stringify([...site.standIn.state().patients.values()])).not.toContain(String.raw`\\N`);
  });

  it('of statistics programs is no date and no death', async () => {
    const site = await fieldSite();
    const words = ['NA', 'NaT', 'nan'];
    const night = await site.run({
      'patients.csv': manyPatients(3, (line) => {
        const word = words[Number(line.slice(1, 4)) - 1] ?? '';
        return line.replace('N,\n', `${word},${word}\n`);
      }),
      'encounters.csv': encountersHeader,
    });
    expect({ exitCode: night.exitCode, open: open(night), odd: odd(night) }).toEqual({
      exitCode: 0,
      open: [],
      odd: [],
    });
    for (const mrn of ['M001', 'M002', 'M003']) expect(site.stored(mrn)).not.toHaveProperty('IsDeceased');
  });
});
