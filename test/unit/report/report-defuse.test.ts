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
    'that begins like a formula gets one quote in front: %j',
    (text) => {
      expect(defuse(text)).toBe(`'${text}`);
    },
  );

  test.each(['', 'P-1', '1-1', "'", "'a", "O'Neil", ' =1', 'a=b'])('that does not stays as it is: %j', (text) => {
    expect(defuse(text)).toBe(text);
    expect(undefuse(text)).toBe(text);
  });

  test('that already looks defused gets one quote more, so that it is not taken for another', () => {
    expect(defuse("'=1")).toBe("''=1");
    expect(undefuse("''=1")).toBe("'=1");
  });

  test('never begins like a formula, whatever it was', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        expect(defuse(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        expect(undefuse(defuse(text))).toBe(text);
      }),
    );
  });

  test('stays the only one of its kind', () => {
    fc.assert(
      fc.property(tricky, tricky, (one, other) => {
        expect(defuse(one) === defuse(other)).toBe(one === other);
      }),
    );
  });
});
