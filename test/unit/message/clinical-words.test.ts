import { describe, expect, test } from 'vitest';
import {
  readAllergyType,
  readClinicalStatus,
  readCriticality,
  readSeverity,
} from '../../../src/message/item/coded-words.ts';
import { paragraph, table } from '../../../src/message/document/narrative.ts';
import {
  readActStatus,
  readInterpretation,
  readPlanStatus,
  readResultStatus,
} from '../../../src/values/clinical/clinical-status.ts';
import { readCount } from '../../../src/values/number.ts';
import { readAgreementType, readRelationship } from '../../../src/values/insurance.ts';

describe('words that Redox has as codes', () => {
  test.each([
    [readClinicalStatus, 'ACTIVE', '55561003', 'Active'],
    [readClinicalStatus, '73425007', '73425007', 'Inactive'],
    [readClinicalStatus, 'resolved', '413322009', 'Resolved'],
    [readSeverity, 'MO', '6736007', 'Moderate'],
    [readSeverity, 'life-threatening', '442452003', 'Life threatening severity'],
    [readCriticality, 'low', 'CRITL', 'Low criticality'],
    [readCriticality, 'unable-to-assess', 'CRITU', 'Unable to assess criticality'],
    [readAllergyType, 'medication', '416098002', 'Allergy to drug'],
    [readAllergyType, 'intolerance', '418038007', 'Propensity to adverse reactions to substance'],
  ])('%o reads %j as %s, %s', (read, text, Code, Name) => {
    expect(read(text)).toMatchObject({ value: { Code, Name }, problems: [] });
  });

  test('go out as a name, and are reported, when unknown', () => {
    expect(readSeverity('annoying')).toEqual({ value: { Name: 'annoying' }, problems: ['unmapped'] });
    expect(readSeverity('unknown')).toEqual({ value: undefined, problems: [] });
  });
});

test.each([
  [readActStatus, 'in-progress', 'active'],
  [readActStatus, 'not-done', 'cancelled'],
  [readResultStatus, 'F', 'Final'],
  [readResultStatus, 'registered', 'In Progress'],
  [readInterpretation, 'HH', 'Critical high'],
  [readInterpretation, 'n', 'Normal'],
  [readPlanStatus, 'RQO', 'Request'],
  [readRelationship, 'husband', 'Spouse'],
  [readAgreementType, 'UNIFIED', 'Unified'],
  [readCount, '3.00', 3],
  [readCount, '0', 0],
])('%o reads %j as %j', (read, text, value) => {
  expect(read(text)).toEqual({ value, problems: [] });
});

test('reports unknown words: open lists send them, closed lists drop them', () => {
  expect(readActStatus('dreamt of')).toEqual({ value: 'dreamt of', problems: ['unmapped'] });
  expect(readAgreementType('oral')).toEqual({ value: undefined, problems: ['unmapped'] });
  expect(readRelationship('neighbour')).toEqual({ value: 'Unknown', problems: ['unmapped'] });
  for (const text of ['-1', '1.5', 'two', '1e3']) {
    expect(readCount(text)).toEqual({ value: undefined, problems: ['malformed'] });
  }
});

describe('the markup of a text', () => {
  test('leaves out empty columns, and empty tables', () => {
    expect(
      table(
        ['A', 'B', 'C'],
        [
          ['1', '', ''],
          ['', '', '2'],
        ],
      ),
    ).toBe(
      '<table><thead><tr><th>A</th><th>C</th></tr></thead>' +
        '<tbody><tr><td>1</td><td></td></tr><tr><td></td><td>2</td></tr></tbody></table>',
    );
    expect(table(['A'], [['']])).toBeUndefined();
    expect(paragraph('', '')).toBe('');
  });

  test('keeps lines, escapes markup and marks what XML excludes', () => {
    expect(paragraph('a\r\nb\rc\u0000\u001f\ud800 😀', `<"&'>`)).toBe(
      '<paragraph><caption>&lt;&quot;&amp;&apos;&gt;</caption>a<br/>b<br/>c\ufffd\ufffd\ufffd 😀</paragraph>',
    );
  });
});
