import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCopyField, encodeCopyLine } from '../../../src/contract/row/copy-text.ts';

/** Every text that Postgres can hold: no NUL, and no half of a surrogate pair. */
const postgresText = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));

describe('one line of COPY text', () => {
  test.each([
    ['a plain word', 'a plain word'],
    ['back\\slash', 'back\\\\slash'],
    ['\b\f\n\r\t\v', '\\b\\f\\n\\r\\t\\v'],
    ['\\N', '\\\\N'],
    ['\\.', '\\\\.'],
    ['\u0001\u001b\u007f"\',', '\u0001\u001b\u007f"\','],
    ['\u2028 Zoë 👩‍⚕️', '\u2028 Zoë 👩‍⚕️'],
    ['', ''],
  ])('writes %j as Postgres does', (value, field) => {
    expect(encodeCopyLine([value])).toBe(field);
    expect(decodeCopyField(field)).toBe(value);
  });

  test('tells null from the empty text and the letter N', () => {
    expect(encodeCopyLine([null, '', 'N', '\\N'])).toBe('\\N\t\tN\t\\\\N');
  });

  test('gives every text back, and every line its columns', () => {
    fc.assert(
      fc.property(fc.array(fc.option(postgresText), { minLength: 1 }), (values) => {
        expect(encodeCopyLine(values).split('\t').map(decodeCopyField)).toEqual(values);
      }),
    );
  });

  test('contains no newline, so lines can be told apart', () => {
    fc.assert(
      fc.property(fc.array(fc.option(postgresText)), (values) => {
        expect(encodeCopyLine(values)).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
