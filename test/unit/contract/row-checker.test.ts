import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalColumns, contract, type Entity } from '../../../src/contract/contract.ts';
import { encodeCopyLine } from '../../../src/contract/row/copy-text.ts';
import { damageMark } from '../../../src/values/damage.ts';
import { RowChecker, type RowLine } from '../../../src/contract/row/row-checker.ts';
import { rowFault } from '../../../src/contract/row/row-fault.ts';
import { columnsIn, understandingOf } from '../../../src/contract/row/understood.ts';
import { checkerOf } from '../night/checkers.ts';
import { context } from '../message/rows.ts';

type Values = Readonly<Record<string, string | null>>;

function scanned(entity: Entity, values: Values, checker: RowChecker): RowLine {
  const texts = canonicalColumns[entity].map((column) => values[column] ?? null);
  const line = Buffer.from(`\\N\t${encodeCopyLine(texts)}`).toString('latin1');
  return checker.scannedLine.read(line, 0, line.length);
}

const faultOf = (entity: Entity, values: Values, headers: readonly string[] = []): string | null => {
  const checker = checkerOf(entity, headers);
  return checker.fault(scanned(entity, values, checker));
};

const ana = {
  patient_id: 'P1',
  mrn: 'M-1',
  first_name: 'Ana',
  last_name: 'Núñez',
  birth_date: '1980-05-01',
  zip: '02134',
};
const visit = { encounter_id: 'E1', patient_id: 'P1', status: 'finished', started_at: '2026-03-01 09:00:00' };

describe('a row that describes no patient', () => {
  it.each([
    ['the header once more', Object.fromEntries(contract.patient.columns.map((c) => [c, c])), 'header_repeated'],
    ['the header in capitals', { patient_id: 'PATIENT_ID', mrn: 'MRN', last_name: 'LAST_NAME' }, 'header_repeated'],
    ['a ruler', { patient_id: '----------', mrn: '---', last_name: '--------' }, 'ruler'],
    ['a trailer with a count', { patient_id: 'TRAILER', mrn: '00006' }, 'trailer'],
    ['a count of rows', { patient_id: '(6 rows affected)' }, 'trailer'],
    ['a total', { patient_id: 'TOTAL', mrn: '6', last_name: '6' }, 'trailer'],
    ['the end of the file', { patient_id: 'EOF' }, 'trailer'],
    ['nothing but its keys', { patient_id: 'P9', mrn: 'M9' }, 'nothing_but_key'],
  ])('is %s', (_, values, fault) => {
    expect(faultOf('patient', values)).toBe(fault);
  });

  it('is a header under other names in its file', () => {
    const header = { patient_id: 'Pat No', mrn: 'Chart No', first_name: 'Forename', last_name: 'Surname' };
    expect(faultOf('patient', header, ['pat_no', 'chart_no', 'forename', 'surname'])).toBe('header_repeated');
    expect(faultOf('patient', header)).toBeNull();
  });

  it.each([
    [{ ...ana, last_name: 'Total' }],
    [{ ...ana, patient_id: 'EOF' }],
    [{ ...ana, first_name: 'mrn' }],
    [{ patient_id: 'P1', zip: '02134' }],
  ])('is unlike this row: %j', (values) => {
    expect(faultOf('patient', values)).toBeNull();
  });

  it('may have only its keys when the contract gives only those', () => {
    expect(
      rowFault('patient', (column) => (column === 'patient_id' ? 'P1' : null), {
        columns: new Set(['patient_id']),
        headers: new Set(),
      }),
    ).toBeNull();
  });
});

describe('an id', () => {
  it.each(['A\tB', 'A\u0001B', 'A\u0085B', 'A\u2028B', 'A\u007f', 'line\nbreak'])(
    'with a control character is not sent: %j',
    (id) => {
      expect(faultOf('patient', { ...ana, patient_id: id })).toBe('id_control_character');
      expect(faultOf('patient', { ...ana, mrn: id })).toBe('id_control_character');
      expect(faultOf('encounter', { ...visit, encounter_id: id })).toBe('id_control_character');
      expect(faultOf('encounter', { ...visit, patient_id: id })).toBe('id_control_character');
      expect(faultOf('merge', { retired_patient_id: 'P1', surviving_patient_id: id })).toBe('id_control_character');
    },
  );

  it.each(['1.23E+11', '1,23E+11', '4E+09', '="001"', '="P001"'])('that a spreadsheet made is not sent: %s', (id) => {
    expect(faultOf('patient', { ...ana, patient_id: id })).toBe('id_spreadsheet');
    expect(faultOf('patient', { ...ana, mrn: id })).toBe('id_spreadsheet');
    expect(faultOf('encounter', { ...visit, encounter_id: id })).toBe('id_spreadsheet');
  });

  it.each(['NULL', 'null', 'N/A', 'none', '-', '\\N'])('that means nothing is absent: %s', (id) => {
    expect(faultOf('patient', { ...ana, patient_id: id })).toBe('id_says_nothing');
    expect(faultOf('encounter', { ...visit, patient_id: id })).toBe('id_says_nothing');
    expect(faultOf('patient', { ...ana, mrn: id })).toBeNull();
  });

  it.each([
    ['encounter', { ...visit, patient_id: null }],
    ['encounter', { ...visit, encounter_id: null }],
    ['merge', { retired_patient_id: 'P1' }],
    ['merge', { surviving_patient_id: 'P1' }],
    ['patient', { ...ana, patient_id: null }],
  ] as const)('that is missing is left to the stage: %s %j', (entity, values) => {
    expect(faultOf(entity, values)).toBeNull();
  });

  it.each([
    ['encounter', { encounter_id: 'E 1', patient_id: null, status: 'finished' }],
    ['encounter', { encounter_id: 'E1', patient_id: '', status: 'finished' }],
    ['merge', { retired_patient_id: 'P 1' }],
    ['merge', { retired_patient_id: 'P1', surviving_patient_id: '' }],
  ] as const)('that is missing beside an odd one, or empty, is left to the stage: %s %j', (entity, values) => {
    expect(faultOf(entity, values)).toBeNull();
  });

  it.each(['1E5', 'NA', '0', 'E+11', 'P 1', ' P1', 'Ä-1', '=P1', 'a"b', '12.50'])('is sent unchanged: %j', (id) => {
    expect(faultOf('patient', { ...ana, patient_id: id, mrn: id })).toBeNull();
  });
});

describe('unreadable bytes', () => {
  it.each(['patient_id', 'mrn', 'first_name', 'last_name', 'birth_date', 'zip'])(
    'in %s leave the patient unread',
    (column) => {
      expect(faultOf('patient', { ...ana, [column]: damageMark })).toBe('damaged');
    },
  );

  it.each(['middle_name', 'street_address', 'email', 'deceased'])('in %s cost that field alone', (column) => {
    expect(faultOf('patient', { ...ana, [column]: damageMark })).toBeNull();
  });

  it.each(['encounter_id', 'patient_id', 'status'])('in %s leave the visit unread', (column) => {
    expect(faultOf('encounter', { ...visit, [column]: damageMark })).toBe('damaged');
  });
});

describe("a patient's understood values", () => {
  const odd = fc.constantFrom(
    '',
    ' ',
    'x',
    'NULL',
    '\\N',
    '0',
    '00000',
    '1.2',
    'Ä',
    '李',
    '1980-02-30',
    '1900-01-01',
    damageMark,
    '03/01/1980',
  );
  const row = fc.record({
    patient_id: fc.constant('P1'),
    mrn: fc.oneof(odd, fc.constantFrom('M-1', 'A1')),
    first_name: fc.oneof(odd, fc.constantFrom('Ana', 'Zoë', '9')),
    last_name: fc.oneof(odd, fc.constantFrom('Miller', 'ß')),
    birth_date: fc.oneof(odd, fc.constantFrom('1980-05-01', '1980-05-01 00:00:00', '2999-01-01')),
    zip: fc.oneof(odd, fc.constantFrom('02134', '02134-1234', '2134', 'K1A 0B1')),
    country: fc.constantFrom('', 'US', 'CA', 'nowhere'),
    sex: fc.oneof(odd, fc.constantFrom('F', 'male', 'Q', 'unknown')),
    deceased: fc.oneof(odd, fc.constantFrom('t', 'f', 'perhaps', 'no')),
  });

  it('are the same by line as by column', () => {
    fc.assert(
      fc.property(row, (values: Values) => {
        const read = understandingOf((column) => values[column] ?? null, context);
        const checker = checkerOf('patient');
        expect(checker.understanding(scanned('patient', values, checker))).toEqual(read);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep empty and unreadable apart', () => {
    const { understood, unreadable } = understandingOf(
      (column) => (({ ...ana, birth_date: '03/01/1980', zip: '', sex: 'Q' }) as Values)[column] ?? null,
      context,
    );
    expect(columnsIn(understood)).toEqual(['first_name', 'last_name', 'mrn']);
    expect(columnsIn(unreadable)).toEqual(['birth_date', 'sex']);
  });
});

describe('a line among others', () => {
  const odd = fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    fc.constantFrom(
      '',
      ' ',
      'NULL',
      '\\N',
      '\\',
      'a\tb',
      'a\nb',
      '0',
      '1.2',
      'Ä',
      damageMark,
      'P1',
      'M-1',
      'Ana',
      'finished',
    ),
    fc.constantFrom('TOTAL', '6', '----', 'EOF', 'f', 'US', '1.23E+11', 'unknown', '1980-05-01', '2'),
    fc.string({ maxLength: 4, unit: 'binary' }),
  );

  it.each(['patient', 'encounter', 'merge'] as const)('is judged as its columns are: %s', (entity) => {
    const all = canonicalColumns[entity];
    const required: readonly string[] = contract[entity].required;
    const row = fc.array(odd, { minLength: all.length, maxLength: all.length });
    const rows = fc.array(row, { minLength: 1, maxLength: 3 });
    const check = (some: readonly string[], texts: (string | null)[][], mrnIsRequired: boolean): void => {
      const columns = new Set(all.filter((column) => required.includes(column) || some.includes(column)));
      const given = { columns, headers: new Set<string>(), mrnIsRequired };
      const checker = new RowChecker(entity, given, context);
      const valuesOf = texts.map((values) =>
        all.map((column, at) => (columns.has(column) ? (values[at] ?? null) : null)),
      );
      const lines = valuesOf.map((values) => {
        const scannedValues = values.filter((_, at) => columns.has(all[at] ?? ''));
        return `\\N\t${Buffer.from(encodeCopyLine(scannedValues)).toString('latin1')}`;
      });
      const text = `${lines.join('\n')}\n`;
      let start = 0;
      for (const [index, line] of lines.entries()) {
        const values = valuesOf[index] ?? [];
        const valueOf = (column: string): string | null => values[all.indexOf(column)] ?? null;
        const read = checker.scannedLine.read(text, start, start + line.length);
        const fault = rowFault(entity, valueOf, given);
        // A number and a word count as a record, whatever they are.
        expect(fault === 'nothing_but_key' ? [fault, null] : [fault]).toContain(checker.fault(read));
        if (entity === 'patient') {
          expect(checker.understanding(read)).toEqual(understandingOf(valueOf, context));
          expect(checker.hasSummary(read)).toBe((valueOf('summary_version') ?? '') !== '');
        }
        const whole = Buffer.from(encodeCopyLine(values)).toString('latin1');
        expect(checker.scannedLine.fieldsOf(read).join('\t')).toBe(whole);
        start += line.length + 1;
      }
    };
    fc.assert(fc.property(fc.subarray([...all]), rows, fc.boolean(), check), { numRuns: 300 });
  });
});
