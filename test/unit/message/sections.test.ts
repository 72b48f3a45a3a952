import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupLines } from '../../../src/message/fingerprint/field-group.ts';
import { withEventDateTime } from '../../../src/message/meta.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { buildVisitPush } from '../../../src/message/document/visit.ts';
import {
  sectionColumns,
  sections,
  type Section,
  type SectionRow,
  type SectionRows,
} from '../../../src/contract/section.ts';
import { violationsOf } from '../../../src/sandbox/redox/messages/message-rules.ts';
import { expectGolden } from './golden.ts';
import { context, fullPatient, outpatientVisit, push } from './rows.ts';
import { fullSections, sectionRow } from './section-rows.ts';
import { faultInMarkup } from './well-formed.ts';

const build = (rows: SectionRows): ReturnType<typeof buildVisitPush> =>
  buildVisitPush(outpatientVisit, fullPatient, push, context, rows);

/** The message below its header. */
const clinicalOf = ({ message }: ReturnType<typeof build>): JsonObject =>
  Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'Meta' && key !== 'Header'));

const violations = (message: JsonObject): unknown =>
  violationsOf('Clinical Summary:VisitPush', withEventDateTime(message, new Date(0)), context);

const only = (section: Section): SectionRows => ({ [section]: fullSections[section] });

/** The texts of a message that are markup, wherever they stand. */
const markupsIn = (value: JsonValue, key = ''): readonly string[] => {
  if (typeof value === 'string') return key.endsWith('Text') && value.startsWith('<') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([name, item]) => markupsIn(item, name));
};

describe.each(sections)('the section %s', (section) => {
  test('is told as its golden file says', () => {
    const built = build(only(section));
    expectGolden(`section-${section}`, { ...clinicalOf(built), findings: built.findings });
  });

  test('passes the check of the stand-in', () => {
    expect(violations(build(only(section)).message)).toEqual([]);
  });

  test('has in its text every name, value and comment that its rows have', () => {
    const text = markupsIn(build(only(section)).message).join('\n');
    const rows: readonly Readonly<Record<string, string | null>>[] = fullSections[section];
    const wanted = rows.flatMap((row) =>
      Object.entries(row).filter(([column]) =>
        /(^|_)(name|value|units|comment|text|status|quantity|dose)$/.test(column),
      ),
    );
    for (const [, value] of wanted) {
      if (value !== null) for (const line of value.split('\n')) expect(text).toContain(escapedForTest(line));
    }
  });

  test('without rows says nothing', () => {
    expect(build({ [section]: [] })).toEqual(build({}));
  });
});

const escapedForTest = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');

test('a visit without sections is told as before there were any', () => {
  expect(build({})).toEqual(buildVisitPush(outpatientVisit, fullPatient, push, context));
  expect(Object.keys(build({}).message)).toEqual(['Meta', 'Header', 'Encounters']);
});

test('all sections together pass the check of the stand-in, and are as each of them alone', () => {
  const { message } = build(fullSections);
  expect(violations(message)).toEqual([]);
  for (const section of sections) {
    const alone = Object.entries(clinicalOf(build(only(section)))).filter(([key]) => key !== 'Encounters');
    expect(message).toMatchObject(Object.fromEntries(alone));
  }
});

test('trouble with a column is one finding, however many rows have it', () => {
  const rows = ['1', '2', '3'].map((code) => sectionRow('problems', { code, code_system: 'House codes' }));
  expect(build({ problems: rows }).findings).toEqual([{ column: 'problems.code_system', problem: 'unmapped' }]);
});

describe('the diagnoses of the visit', () => {
  const diagnosesOf = (rows: SectionRows): JsonValue | undefined =>
    (clinicalOf(build(rows))['Encounters'] as readonly JsonObject[])[0]?.['Diagnosis'];
  const { admission_diagnosis, discharge_diagnosis, assessment, problems } = fullSections;

  test('are those of the discharge, else those assessed, else those of the admission', () => {
    const discharge = diagnosesOf({ discharge_diagnosis });
    expect(discharge).toEqual(build({ discharge_diagnosis }).message['DischargeDiagnosis']);
    expect(diagnosesOf({ admission_diagnosis, assessment, discharge_diagnosis })).toEqual(discharge);
    expect(diagnosesOf({ admission_diagnosis, assessment })).toEqual(diagnosesOf({ assessment }));
    expect(diagnosesOf({ admission_diagnosis })).toEqual(build({ admission_diagnosis }).message['AdmissionDiagnosis']);
  });

  test('are not the problem list, nor a conclusion without a code', () => {
    expect(diagnosesOf({ problems })).toBeUndefined();
    expect(diagnosesOf({ assessment: [sectionRow('assessment', { text: 'Doing well' })] })).toBeUndefined();
  });
});

describe('whatever the rows say', () => {
  const value = fc.option(
    fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        't',
        '1',
        '1.50',
        'active',
        'LOINC',
        '2.16.840.1.113883.6.1',
        'N',
        'self',
        '02155',
        'US',
      ),
      fc.constantFrom('2024-11-03 01:30:00', '2024-03-10 02:30:00', '2024-01-02', '2024-01-02 03:04:05+00', 'infinity'),
      fc.constantFrom(']]>', '<b>&amp;</b>', 'a\r\nb', '\u0000\u0008\u001f', '\ufffe', '\ud800', '😀', '__proto__'),
      fc.constantFrom('tobacco', 'administered', 'encounter', 'medication', 'chief_complaint', 'pregnancy'),
      fc.string({ unit: 'binary' }),
    ),
  );
  const rowsOfSection = <S extends Section>(section: S): fc.Arbitrary<readonly SectionRow<S>[]> =>
    fc.array(fc.record(Object.fromEntries(sectionColumns(section).map((column) => [column, value]))), { maxLength: 4 });
  const rowsOfVisit = fc.record(
    Object.fromEntries(sections.map((section) => [section, rowsOfSection(section)])),
  ) as fc.Arbitrary<SectionRows>;
  const few = { numRuns: 60 };

  test('a message is built that the stand-in takes, and its texts are well-formed', () => {
    fc.assert(
      fc.property(rowsOfVisit, (rows) => {
        const { message } = build(rows);
        expect(violations(message)).toEqual([]);
        expect(
          markupsIn(message)
            .map(faultInMarkup)
            .filter((fault) => fault !== null),
        ).toEqual([]);
      }),
      few,
    );
  });

  test('the order of rows, and rows that come twice, make no difference', () => {
    fc.assert(
      fc.property(rowsOfVisit, (rows) => {
        const turned = Object.fromEntries(
          Object.entries(rows).map(([section, list]) => [section, [...list, ...list].reverse()]),
        ) as SectionRows;
        expect(build(turned)).toEqual(build(rows));
        expect(groupLines('encounter', outpatientVisit, turned)).toEqual(
          groupLines('encounter', outpatientVisit, rows),
        );
      }),
      few,
    );
  });
});

test('a visit whose sections changed has changed in its clinical group alone', () => {
  const changed = groupLines('encounter', outpatientVisit, only('problems'));
  const before = groupLines('encounter', outpatientVisit);
  expect(changed.filter(({ text }, index) => text !== before[index]?.text).map(({ group }) => group)).toEqual([
    'clinical',
  ]);
});

test('the check of markup sees what it is looking for', () => {
  expect(faultInMarkup('<td>a &amp; b<br/></td>')).toBeNull();
  for (const text of [
    '<td>',
    '</td>',
    '<td></th>',
    'a & b',
    'a < b',
    '\u0001',
    '\ud800',
    ']]>',
    '<td a="b"/>',
    '&nbsp;',
  ]) {
    expect(faultInMarkup(text)).not.toBeNull();
  }
});
