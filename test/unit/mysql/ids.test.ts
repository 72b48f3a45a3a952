import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindIds, idsAtOnce, pagesOf, parametersIn } from '../../../src/ehr/mysql/ids.ts';

describe('a list of ids', () => {
  test('becomes a mark for each id, filled up with NULL', () => {
    expect(bindIds('SELECT * FROM t WHERE a IN ($1) OR b IN ($1)', ['x', 'y', 'z'])).toEqual({
      text: 'SELECT * FROM t WHERE a IN (?, ?, ?, ?) OR b IN (?, ?, ?, ?)',
      values: ['x', 'y', 'z', null, 'x', 'y', 'z', null],
    });
  });

  test('is NULL without an id', () => {
    expect(bindIds('a IN ($1)', [])).toEqual({ text: 'a IN (?)', values: [null] });
  });

  test('follows the values that stand before it', () => {
    expect(bindIds('SELECT ? FROM t WHERE a IN ($1)', ['x'], [7])).toEqual({
      text: 'SELECT ? FROM t WHERE a IN (?)',
      values: [7, 'x'],
    });
  });

  test.each([
    ["'$1'"],
    ["'it''s $1'"],
    [String.raw`'it\'s $1'`],
    ['"$1"'],
    ['`$1`'],
    ['-- $1\n'],
    ['# $1\n'],
    ['/* $1 */'],
  ])('is not meant in %j', (text) => {
    expect(parametersIn(`SELECT ${text} FROM t WHERE a IN ($1)`)).toEqual(['1']);
    expect(bindIds(`SELECT ${text}`, ['x'])).toEqual({ text: `SELECT ${text}`, values: [] });
  });

  test('is bound in pages that hold each id once, in few different lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 3 * idsAtOnce }), (ids) => {
        const pages = pagesOf(ids);
        expect(pages.flat()).toEqual(ids);
        expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(idsAtOnce);
        for (const page of pages) {
          const { values } = bindIds('a IN ($1)', page);
          expect(Number.isInteger(Math.log2(values.length))).toBe(true);
          expect(values.filter((value) => value !== null)).toEqual(page);
        }
      }),
      { numRuns: 20 },
    );
  });
});
