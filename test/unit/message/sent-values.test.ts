import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { damageMark } from '../../../src/values/damage.ts';
import type { PatientRow } from '../../../src/contract/contract.ts';
import { mrnOf, patientColumns } from '../../../src/contract/contract.ts';
import { idObjection } from '../../../src/values/identifier.ts';
import { listedFillerDates, unixZero } from '../../../src/values/time/event-time.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { Built } from '../../../src/message/context.ts';
import { buildNewPatient, buildPatientUpdate } from '../../../src/message/patient.ts';
import { buildVisitPush } from '../../../src/message/document/visit.ts';
import { columnOf, sectionColumns, sections, type Section } from '../../../src/contract/section.ts';
import { context, encounterRow, outpatientVisit, patientRow, push } from './rows.ts';
import { sectionRow } from './section-rows.ts';

// Texts of megabytes: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What a message may and may not say, whatever stands in the rows. */

const at = ({ message }: Built, path: string): JsonValue | undefined =>
  path.split('.').reduce<JsonValue | undefined>((value, key) => (value as JsonObject | undefined)?.[key], message);

const patientWith = (values: Partial<PatientRow>, wasDeathSent = false): Built =>
  buildPatientUpdate(patientRow({ patient_id: '1', ...values }), context, { wasDeathSent });

const visitWith = (section: Section, ...rows: readonly Readonly<Record<string, string | null>>[]): Built =>
  buildVisitPush(outpatientVisit, patientRow({ patient_id: '1' }), push, context, {
    [section]: rows.map((row) => sectionRow(section, row as Parameters<typeof sectionRow>[1])),
  });

const problemsOf = ({ findings }: Built): readonly string[] =>
  findings.map(({ column, problem }) => `${column} ${problem}`);

const textsIn = (value: JsonValue | undefined): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value as JsonObject).flatMap(textsIn) : [];
};

const said = ({ message }: Built): string => textsIn(message).join('\n');

describe('a death', () => {
  test.each<[Partial<PatientRow>, boolean | undefined, string | undefined, readonly string[]]>([
    [{ deceased: 'N' }, false, undefined, []],
    [{ deceased: 'N', deceased_at: '9999-12-31' }, false, undefined, ['deceased_at filler_date']],
    [{ deceased: 'f', deceased_at: '2024-01-02' }, false, undefined, ['deceased_at death_contradicted']],
    [{ deceased: 't', deceased_at: '2024-01-02' }, true, '2024-01-02', []],
    [{ deceased: 't', deceased_at: '2024-01-02 12:00:00' }, true, '2024-01-02T17:00:00.000Z', []],
    [{ deceased: 't', deceased_at: '1900-01-01' }, true, undefined, ['deceased_at filler_date']],
    [{ deceased: 't', deceased_at: '2026-02-01' }, true, undefined, ['deceased_at impossible_date']],
    [{ deceased: 't', deceased_at: '1979-12-31' }, true, undefined, ['deceased_at impossible_date']],
    [{ deceased: 't', deceased_at: 'soon' }, true, undefined, ['deceased_at malformed']],
    [{ deceased: null, deceased_at: '2026-01-31' }, true, '2026-01-31', []],
    [{ deceased: null, deceased_at: '1980-05-01' }, true, '1980-05-01', []],
    [{ deceased: 'unknown', deceased_at: '2024-01-02' }, true, '2024-01-02', []],
    [{ deceased: null }, undefined, undefined, []],
    [{ deceased: null, deceased_at: 'NULL' }, undefined, undefined, []],
    [
      { deceased: null, deceased_at: '9999-12-31' },
      undefined,
      undefined,
      ['deceased_at filler_date', 'deceased_at death_unclear'],
    ],
    [
      { deceased: '', deceased_at: '2026-02-01' },
      undefined,
      undefined,
      ['deceased_at impossible_date', 'deceased_at death_unclear'],
    ],
    [
      { deceased: 'perhaps', deceased_at: '2024-01-02' },
      undefined,
      undefined,
      ['deceased malformed', 'deceased_at death_unclear'],
    ],
  ])('of %j is sent as %j, at %j', (values, deceased, deathDateTime, problems) => {
    const built = patientWith({ birth_date: '1980-05-01', ...values });
    expect(at(built, 'Patient.Demographics.IsDeceased')).toBe(deceased);
    expect(at(built, 'Patient.Demographics.DeathDateTime')).toBe(deathDateTime);
    expect(problemsOf(built)).toEqual(problems);
    expect(built.saysDead).toBe(deceased === true);
  });

  test('is after a birth date that is a filler', () => {
    const built = patientWith({ birth_date: '9999-12-31', deceased: 't', deceased_at: '2024-01-02' });
    expect(at(built, 'Patient.Demographics.DeathDateTime')).toBe('2024-01-02');
  });

  test('is taken back when the row loses it', () => {
    for (const values of [{}, { deceased_at: '9999-12-31' }, { deceased: 'f' }, { deceased: 'N/A' }]) {
      const built = patientWith(values, true);
      expect(at(built, 'Patient.Demographics.IsDeceased')).toBe(false);
      expect(built.saysDead).toBe(false);
    }
  });

  test('stays at Redox while the row is unreadable', () => {
    const built = patientWith({ deceased: 'perhaps' }, true);
    expect(at(built, 'Patient.Demographics')).toBeUndefined();
    expect(built.saysDead).toBe(true);
  });

  test('is the same in documents and patient, and no document adds one', () => {
    const dates = fc.constantFrom(
      null,
      '9999-12-31',
      '2024-01-02',
      '2030-01-01',
      'soon',
      '',
      'NULL',
      '1900-01-01 00:00',
    );
    const flags = fc.constantFrom(null, 't', 'f', 'N', '', 'unknown', 'perhaps');
    fc.assert(
      fc.property(flags, dates, fc.boolean(), (deceased, deceased_at, wasDeathSent) => {
        const patient = patientRow({ patient_id: '1', deceased, deceased_at });
        const own = buildPatientUpdate(patient, context, { wasDeathSent });
        const document = buildVisitPush(outpatientVisit, patient, { ...push, wasDeathSent }, context);
        for (const key of ['IsDeceased', 'DeathDateTime']) {
          expect(at(document, `Header.Patient.Demographics.${key}`)).toBe(at(own, `Patient.Demographics.${key}`));
        }
        expect(document.saysDead).toBe(own.saysDead);
        if (deceased === 'f' || deceased === 'N') expect(at(own, 'Patient.Demographics.DeathDateTime')).toBeUndefined();
      }),
    );
  });
});

describe('a filler date', () => {
  const forms = ['', ' 00:00:00', 'T00:00:00Z', ' 23:59:59.997'];

  test.each(sections)('is in no message, from no time column of %s', (section) => {
    const columns = sectionColumns(section).filter((column) =>
      ['time', 'date'].includes(columnOf(section, column)?.kind ?? ''),
    );
    // Some times are of one kind alone.
    const kind = ({ plan_of_care: 'medication', social_history: 'pregnancy' } as Partial<Record<Section, string>>)[
      section
    ];
    const kinds = kind === undefined ? {} : { kind };
    for (const column of columns) {
      for (const date of listedFillerDates.filter((listed) => listed !== unixZero)) {
        for (const form of forms) {
          const built = visitWith(section, { ...kinds, [column]: date + form, name: 'x', comment: 'x' });
          expect(said(built), `${column} ${date}${form}`).not.toContain(date);
          expect(problemsOf(built)).toEqual([`${section}.${column} filler_date`]);
        }
      }
    }
  });

  test('is in no message, from no column of the main queries', () => {
    for (const date of listedFillerDates) {
      const birth = patientWith({ birth_date: `${date} 00:00:00`, deceased: 't', deceased_at: `${date} 00:00:00` });
      expect(said(birth)).not.toContain(date);
      expect(problemsOf(birth)).toEqual(['birth_date filler_date', 'deceased_at filler_date']);
      const row = encounterRow({
        encounter_id: 'e',
        patient_id: '1',
        started_at: `${date} 00:00:00`,
        ended_at: `${date} 00:00:00`,
      });
      const visit = buildVisitPush(row, patientRow({ patient_id: '1' }), push, context, {
        notes: [sectionRow('notes', { text: 'x' })],
      });
      expect(said(visit)).not.toContain(date);
      expect(problemsOf(visit)).toEqual(['started_at filler_date', 'ended_at filler_date']);
    }
  });
});

describe('a control character', () => {
  const control = fc
    .oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0x7f, max: 0x9f }), fc.constantFrom(0x2028, 0x2029))
    .map((code) => String.fromCharCode(code));

  test('separates two digits, in any column of any section', () => {
    const place = fc
      .constantFrom(...sections)
      .chain((section) =>
        fc.record({ section: fc.constant(section), column: fc.constantFrom(...sectionColumns(section)) }),
      );
    fc.assert(
      fc.property(place, control, ({ section, column }, character) => {
        expect(said(visitWith(section, { name: 'x', [column]: `take 71${character}35 of it` }))).not.toContain('7135');
        expect(said(visitWith(section, { name: 'x', [column]: `71${character}35` }))).not.toContain('7135');
      }),
      { numRuns: 1_000 },
    );
  });

  test('separates two digits, in any column of the main queries', () => {
    fc.assert(
      fc.property(fc.constantFrom(...patientColumns.slice(1)), control, (column, character) => {
        const built = buildNewPatient(patientRow({ patient_id: '1', [column]: `71${character}35` }), context);
        expect(said(built)).not.toContain('7135');
      }),
    );
  });

  test.each(['\v', '\f', '\u0085', '\u2028', '\u2029'])(
    'for a line break breaks the line in a text: %j',
    (character) => {
      const built = visitWith('medications', { name: `Drug${character}B`, sig: `Take 2${character}5 mg tablets` });
      expect(at(built, 'Medications.0.FreeTextSig')).toBe('Take 2\n5 mg tablets');
      expect(at(built, 'Medications.0.Product.Name')).toBe('Drug B');
      expect(at(built, 'MedicationsText')).toContain('Take 2<br/>5 mg tablets');
      expect(at(built, 'MedicationsText')).toContain('Drug B');
      expect(problemsOf(built)).toEqual([]);
    },
  );

  test('becomes one blank in names and addresses', () => {
    const built = patientWith({
      first_name: 'Mary\t\tAnn',
      street_address: '1 Elm St\r\n  Apt\v4',
      zip: '53703\u00a0',
    });
    expect(at(built, 'Patient.Demographics.FirstName')).toBe('Mary Ann');
    expect(at(built, 'Patient.Demographics.Address')).toEqual({ StreetAddress: '1 Elm St Apt 4', ZIP: '53703' });
  });

  test('without a meaning becomes U+FFFD, and is reported', () => {
    const built = visitWith('notes', { text: 'INR 2\u001f5 \u001b[1mbold\ud800' });
    expect(said(built)).toContain('INR 2\ufffd5 \ufffd[1mbold\ufffd');
    expect(problemsOf(built)).toEqual(['notes.text forbidden_character']);
  });

  test('keeps an id from being sent, always unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const row = encounterRow({ encounter_id: 'e', patient_id: '1', facility_id: id });
        const built = buildVisitPush(row, patientRow({ patient_id: '1' }), push, context);
        const sent = at(built, 'Header.Document.Visit.Location.FacilityIdentifiers.0.ID');
        expect([id, undefined]).toContain(sent);
        if (idObjection(id) !== undefined) expect(sent).toBeUndefined();
      }),
    );
    const built = visitWith('medical_equipment', { udi: '01\u001d17', serial_number: ' A  1 ' });
    expect(at(built, 'MedicalEquipment.0.Product')).toEqual({ SerialNumber: ' A  1 ' });
    expect(problemsOf(built)).toEqual(['medical_equipment.udi forbidden_character']);
  });
});

describe('an id', () => {
  test.each(['1.23E+11', '1,23E+11', '="001"', '#REF!', '12\t3', '12\n', '1\u001f2', '1\u00852'])(
    'is absent: %j',
    (id) => {
      expect(idObjection(id)).toBeDefined();
    },
  );

  test.each(['001', ' 7 ', 'A\u00a01', '1E5', '12E', 'E+11', '=1', '#1', 'ÄÖ', '1.5', 'NA', '\u200b1'])(
    'may be any other text: %j',
    (id) => {
      expect(idObjection(id)).toBeUndefined();
    },
  );

  test.each(['NULL', 'null', 'N/A', 'none', '-', '--', '\\N', ' ', '(null)', 'nan', 'UNKNOWN'])(
    'never is %j: the mrn is absent and patient_id replaces it',
    (mrn) => {
      expect(mrnOf(patientRow({ patient_id: 'p', mrn }))).toBe('p');
    },
  );

  test.each(['NA', '0', 'N', 'none-1', 'Nullarbor', 'x-'])('may be %j', (mrn) => {
    expect(mrnOf(patientRow({ patient_id: 'p', mrn }))).toBe(mrn);
  });
});

describe('a number', () => {
  test.each(['1,000', '0,5', '5 mg', '120/80', '98.6 F', 'one', `5'11"`, '>90', '1e3', 'NaN', '1 000', '٣'])(
    'never is %j: it stays in the text only',
    (value) => {
      const built = visitWith('vital_signs', { code: '8867-4', code_system: 'LOINC', value, units: '/min' });
      expect(at(built, 'VitalSigns.0.Observations.0')).not.toHaveProperty('Value');
      expect(at(built, 'VitalSigns.0.Observations.0')).not.toHaveProperty('Units');
      const shown = value.replaceAll('"', '&quot;').replaceAll("'", '&apos;').replaceAll('>', '&gt;');
      expect(at(built, 'VitalSignsText')).toContain(shown);
      expect(problemsOf(built)).toEqual(['vital_signs.value not_a_number']);
    },
  );

  test.each(['0', '999', '-1.5', '+3', '37.20', '.5'])('is %j, sent as written', (value) => {
    const built = visitWith('vital_signs', { name: 'x', value, units: 'u' });
    expect(at(built, 'VitalSigns.0.Observations.0')).toMatchObject({ Value: value, Units: 'u' });
    expect(built.findings).toEqual([]);
  });

  test('is required of every numeric column', () => {
    const numeric = sections.flatMap((section) =>
      sectionColumns(section)
        .filter((column) => columnOf(section, column)?.kind === 'number')
        .map((column) => ({ section, column })),
    );
    expect(numeric).not.toEqual([]);
    for (const { section, column } of numeric) {
      const kinds = section === 'plan_of_care' ? { kind: 'medication' } : {};
      const built = visitWith(section, { ...kinds, name: 'x', [column]: '5,0 mg' });
      expect(problemsOf(built), `${section}.${column}`).toEqual([`${section}.${column} not_a_number`]);
    }
  });

  test.each([
    ['5.4', { Value: '5.4', ValueType: 'PhysicalQuantity', Units: 'mg' }, []],
    ['1,200', {}, ['results.value not_a_number']],
    ['37,2', {}, ['results.value not_a_number']],
    ['1.2E+03', {}, ['results.value not_a_number']],
    ['98.6 F', { Value: '98.6 F', Units: 'mg' }, []],
    ['<5', { Value: '<5', Units: 'mg' }, []],
    ['120/80', { Value: '120/80', Units: 'mg' }, []],
    ['NULL', { Value: 'NULL', Units: 'mg' }, []],
    ['trace, 1+', { Value: 'trace, 1+', Units: 'mg' }, []],
  ])('is a quantity in a result only as a plain number: %j', (value, sent, problems) => {
    const built = visitWith('results', { name: 'x', value, units: 'mg' });
    expect(at(built, 'Results.0.Observations.0')).toEqual({ Name: 'x', ...sent });
    expect(problemsOf(built)).toEqual(problems);
  });

  test("is required of a result's quantity, or it is not sent", () => {
    const built = visitWith('results', { name: 'x', value: '98.6 F', value_type: 'PhysicalQuantity' });
    expect(at(built, 'Results.0.Observations.0')).toEqual({ Name: 'x' });
    expect(problemsOf(built)).toEqual(['results.value not_a_number']);
  });
});

describe('a code', () => {
  test.each([
    ['SNOMED CT', '38341003'],
    ['SNOMED CT', '10939881000119105'],
    ['LOINC', '8302-2'],
    ['LOINC', 'LA6568-5'],
    ['RxNorm', '197361'],
    ['CVX', '08'],
    ['ICD-9-CM', '250.00'],
    ['ICD-9-CM', '250.0'],
    ['ICD-10-CM', 'E11.9'],
    ['HCPCS', 'J1885'],
    ['House codes', 'i10.'],
    [null, '12'],
    ['NullFlavor', 'UNK'],
    ['House codes', 'unknown'],
  ])('of %s may be %s', (code_system, code) => {
    const built = visitWith('problems', { name: 'x', code, code_system });
    expect(at(built, 'Problems.0.Code')).toBe(code);
    expect(problemsOf(built).filter((problem) => !problem.endsWith('unmapped'))).toEqual([]);
  });

  test.each([
    ['SNOMED CT', '38341004'],
    ['SNOMED CT', '12345'],
    ['SNOMED CT', '038341003'],
    ['SNOMED CT', '1234567890123456789'],
    ['SNOMED CT', 'I10'],
    ['SNOMED CT', '3834\u000b1003'],
    ['LOINC', '8302-3'],
    ['LOINC', 'QALY'],
    ['RxNorm', 'aspirin'],
    ['CVX', '8.0'],
    ['SNOMED CT', '3.83E+07'],
    [null, '3.83E+07'],
    ['House codes', '3,83E+07'],
    ['House codes', '38341003.0'],
    ['House codes', '38,341,003'],
    ['House codes', '="001"'],
    ['House codes', "'001"],
    ['House codes', '#NAME?'],
  ])('of %s never is %j: text and name are sent', (code_system, code) => {
    const built = visitWith('problems', { name: 'Hypertension', code, code_system });
    expect(at(built, 'Problems.0')).toEqual({ Name: 'Hypertension' });
    const shown = code.replace('\u000b', ' ').replaceAll('"', '&quot;').replaceAll("'", '&apos;');
    expect(at(built, 'ProblemsText')).toContain(shown);
    expect(problemsOf(built)).toContain('problems.code not_a_code');
  });

  test.each([
    ['ICD-10-CM', 'i10', 'I10'],
    ['ICD-10', 'I10.', 'I10'],
    ['ICD-10-CM', 'e11.9', 'E11.9'],
    ['HCPCS', 'j1885', 'J1885'],
  ])("of %s uses its system's spelling: %s as %s", (code_system, code, sent) => {
    const built = visitWith('problems', { code, code_system });
    expect(at(built, 'Problems.0.Code')).toBe(sent);
    expect(problemsOf(built)).toEqual(['problems.code code_mended']);
  });

  test('of the visit itself is checked too', () => {
    const row = encounterRow({ encounter_id: 'e', patient_id: '1', reason_code: '3.83E+07', reason_name: 'cough' });
    const built = buildVisitPush(row, patientRow({ patient_id: '1' }), push, context);
    expect(at(built, 'Encounters.0.ReasonForVisit')).toEqual([{ Name: 'cough' }]);
    expect(problemsOf(built)).toEqual(['reason_code not_a_code']);
  });

  test('that is invalid makes a result uncoded, and an assessment words', () => {
    const result = visitWith('results', { name: 'x', value_code: '1.5E+8', value_name: 'positive' });
    expect(at(result, 'Results.0.Observations.0')).toEqual({ Name: 'x', CodedValue: { Name: 'positive' } });
    const assessed = visitWith('assessment', { code: '1.5E+8', assessed_at: '2026-01-01' });
    expect(at(assessed, 'Encounters.0')).not.toHaveProperty('Diagnosis');
  });
});

describe('a word for empty', () => {
  test('is empty as \\N, in every column', () => {
    const columns = Object.keys(patientRow({ patient_id: '1' })).filter((column) => column !== 'patient_id');
    const empty = buildNewPatient(patientRow({ patient_id: '1' }), context);
    for (const column of columns) {
      expect(buildNewPatient(patientRow({ patient_id: '1', [column]: '\\N' }), context)).toEqual(empty);
    }
    for (const section of sections) {
      for (const column of sectionColumns(section)) {
        expect(said(visitWith(section, { name: 'x', comment: 'x', [column]: '\\N' }))).not.toContain('\\N');
      }
    }
  });

  test.each(['NULL', 'N/A', 'none', '-'])('%j is empty as date, code, phone or list word', (text) => {
    const built = patientWith({
      birth_date: text,
      home_phone: text,
      state: text,
      zip: text,
      email: text,
      deceased_at: text,
    });
    expect(at(built, 'Patient.Demographics')).toBeUndefined();
    expect(built.findings).toEqual([]);
    const visit = visitWith('problems', { name: 'x', code: text, code_system: text, started_at: text });
    expect(at(visit, 'Problems')).toEqual([{ Name: 'x' }]);
    expect(at(visit, 'ProblemsText')).toBe(
      '<table><thead><tr><th>Problem</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>',
    );
    expect(visit.findings).toEqual([]);
  });

  test('goes out as a name, and is listed', () => {
    const built = patientWith({ first_name: 'NULL', middle_name: 'N/A', last_name: 'Null' });
    expect(at(built, 'Patient.Demographics')).toEqual({ FirstName: 'NULL', MiddleName: 'N/A', LastName: 'Null' });
    expect(problemsOf(built)).toEqual(['first_name null_word', 'middle_name null_word', 'last_name null_word']);
  });

  test('stays as written in values, notes, comments and statuses', () => {
    const built = visitWith('results', { name: 'x', value: 'None', comment: 'N/A', status: 'NULL' });
    expect(at(built, 'Results.0.Observations.0')).toMatchObject({ Value: 'None', Comments: [{ Text: 'N/A' }] });
    expect(at(built, 'ResultText')).toContain('<td>NULL</td>');
    expect(said(visitWith('notes', { text: 'none' }))).toContain('none');
  });
});

describe('unreadable bytes', () => {
  test('cost only their column, in coded part and text', () => {
    const built = visitWith('problems', { name: `Hyper${damageMark}tension`, code: '38341003', code_system: 'SCT' });
    expect(at(built, 'Problems.0')).toMatchObject({ Code: '38341003' });
    expect(at(built, 'Problems.0')).not.toHaveProperty('Name');
    expect(said(built)).not.toContain('Hyper');
    expect(problemsOf(built)).toEqual(['problems.name damaged']);
    expect(problemsOf(patientWith({ city: `S${damageMark}` }))).toEqual(['city damaged']);
  });
});

describe('markup in free text', () => {
  test('is sent as its text when certain, else omitted and reported', () => {
    const html = visitWith('notes', { text: '<p>Patient is <b>well</b> &amp; happy</p>' });
    expect(at(html, 'NoteSections.0.Text')).toBe('<paragraph>Patient is well &amp; happy</paragraph>');
    expect(html.findings).toEqual([]);
    const struck = visitWith('problems', { name: 'x', comment: '<p><s>5</s></p>' });
    expect(at(struck, 'Problems')).toEqual([{ Name: 'x' }]);
    expect(problemsOf(struck)).toEqual(['problems.comment markup']);
  });
});

test.each(['1,', "1'", 'aB3', '<b ', 'NULL', '-'])(
  'a text of megabytes is sent or omitted, never thrown: %j …',
  (unit) => {
    const text = unit.repeat(200_000);
    const row = {
      name: text,
      code: text,
      value: text,
      units: text,
      comment: text,
      observed_at: text,
      specimen_id: text,
    };
    expect(() => visitWith('results', row)).not.toThrow();
    expect(() =>
      patientWith({ first_name: text, last_name: text, street_address: text, deceased: text }),
    ).not.toThrow();
  },
);

describe("a person's name", () => {
  test('is mended when sent, listed once, and found', () => {
    const built = patientWith({ first_name: 'Bert\u00a0Ole', last_name: 'Olsen\u200b' });
    expect(at(built, 'Patient.Demographics')).toEqual({ FirstName: 'Bert Ole', LastName: 'Olsen' });
    expect(problemsOf(built)).toEqual(['first_name name_mended', 'last_name name_mended']);
  });
});
