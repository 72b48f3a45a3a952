import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { groupLines } from '../../../src/message/fingerprint/field-group.ts';
import { openFingerprints } from '../../../src/message/fingerprint/fingerprint.ts';
import { withEventDateTime } from '../../../src/message/parts.ts';
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

// Thousands of generated messages: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

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
  test('equals its golden file', () => {
    const built = build(only(section));
    expectGolden(`section-${section}`, { ...clinicalOf(built), findings: built.findings });
  });

  test('passes the check of the stand-in', () => {
    expect(violations(build(only(section)).message)).toEqual([]);
  });

  test('has every name, value and comment of its rows in its text', () => {
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

  test('is empty without rows', () => {
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

test('a visit without sections has the visit alone, in code and in words', () => {
  expect(build({})).toEqual(buildVisitPush(outpatientVisit, fullPatient, push, context));
  expect(Object.keys(build({}).message)).toEqual([
    ...['Meta', 'Header', 'Encounters', 'EncountersText', 'ReasonForVisit', 'ReasonForVisitText'],
  ]);
});

test('all sections together pass the stand-in, and equal each alone', () => {
  const { message } = build(fullSections);
  expect(violations(message)).toEqual([]);
  for (const section of sections) {
    // Visits name their clinicians and diagnoses; two sections share the text of functional status.
    const shared = /^(?:Encounters|FunctionalStatusText)$/;
    const alone = Object.entries(clinicalOf(build(only(section)))).filter(([key]) => !shared.test(key));
    expect(message).toMatchObject(Object.fromEntries(alone));
  }
});

test('trouble with a column is one finding for all rows', () => {
  const rows = ['1', '2', '3'].map((code) => sectionRow('problems', { code, code_system: 'House codes' }));
  expect(build({ problems: rows }).findings).toEqual([{ column: 'problems.code_system', problem: 'unmapped' }]);
});

describe("a visit's diagnoses", () => {
  const diagnosesOf = (rows: SectionRows): JsonValue | undefined =>
    (clinicalOf(build(rows))['Encounters'] as readonly JsonObject[])[0]?.['Diagnosis'];
  const { admission_diagnosis, discharge_diagnosis, assessment, problems } = fullSections;

  test('come from the discharge, else the assessment, else the admission', () => {
    const discharge = diagnosesOf({ discharge_diagnosis });
    expect(discharge).toEqual(build({ discharge_diagnosis }).message['DischargeDiagnosis']);
    expect(diagnosesOf({ admission_diagnosis, assessment, discharge_diagnosis })).toEqual(discharge);
    expect(diagnosesOf({ admission_diagnosis, assessment })).toEqual(diagnosesOf({ assessment }));
    expect(diagnosesOf({ admission_diagnosis })).toEqual(build({ admission_diagnosis }).message['AdmissionDiagnosis']);
  });

  test('exclude the problem list and a conclusion without a code', () => {
    expect(diagnosesOf({ problems })).toBeUndefined();
    expect(diagnosesOf({ assessment: [sectionRow('assessment', { text: 'Doing well' })] })).toBeUndefined();
  });
});

describe('any rows', () => {
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

  test('build a message that the stand-in takes, with well-formed texts', () => {
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

  test('give the same message in any order and with repeats', () => {
    fc.assert(
      fc.property(rowsOfVisit, (rows) => {
        const turned = Object.fromEntries(
          Object.entries(rows).map(([section, list]) => [section, [...list, ...list].reverse()]),
        ) as SectionRows;
        expect(build(turned)).toEqual(build(rows));
        expect(digests(turned)).toEqual(digests(rows));
      }),
      few,
    );
  });
});

const digests = (rows: SectionRows): readonly number[] => openFingerprints(Buffer.alloc(32, 1)).sections('V1', rows);

test("change only the visit's clinical group", () => {
  const changed = groupLines('encounter', outpatientVisit, digests(only('problems')));
  const before = groupLines('encounter', outpatientVisit, digests({}));
  expect(changed.filter(({ text }, index) => text !== before[index]?.text).map(({ group }) => group)).toEqual([
    'clinical',
  ]);
});

test("this test's check of markup catches bad markup", () => {
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
