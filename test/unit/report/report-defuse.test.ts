import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { undefuse } from '../../../src/report/defuse.ts';
import { defuse } from './defuse.ts';

/** Texts that are made of what matters here. */
const tricky = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', 'a', ' ', '"', ','),
  }),
);

describe('a text in a CSV', () => {
  test.each(["=cmd|' /C calc'!A0", '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])(
    'that begins like a formula gets a leading quote: %j',
    (text) => {
      expect(defuse(text)).toBe(`'${text}`);
    },
  );

  test.each(['', 'P-1', '1-1', "'", "'a", "O'Neil", ' =1', 'a=b'])('that does not stays unchanged: %j', (text) => {
    expect(defuse(text)).toBe(text);
    expect(undefuse(text)).toBe(text);
  });

  test('that looks defused gets another quote, to stay distinct', () => {
    expect(defuse("'=1")).toBe("''=1");
    expect(undefuse("''=1")).toBe("'=1");
  });

  test('never begins like a formula', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        expect(defuse(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });

  test('comes back unchanged', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        expect(undefuse(defuse(text))).toBe(text);
      }),
    );
  });

  test('stays unique', () => {
    fc.assert(
      fc.property(tricky, tricky, (one, other) => {
        expect(defuse(one) === defuse(other)).toBe(one === other);
      }),
    );
  });
});
