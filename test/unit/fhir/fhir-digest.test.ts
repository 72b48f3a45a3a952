import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/ehr/fhir/fhir-digest.ts';
import type { JsonValue } from '../../../src/json.ts';

/** Few texts, so that many values are nearly the same. */
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>('', '1', '"1:a', 'a', '[', ']', '#1,', 1, 11, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', '1', 'b"', '2:a'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const inOrder = (given: JsonValue): JsonValue => {
  if (Array.isArray(given)) return (given as readonly JsonValue[]).map(inOrder);
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(
    Object.entries(given)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]) => [name, inOrder(item)]),
  );
};

it('is equal for values that differ in the order of elements alone, and for no others', () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      const isSame = JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
      expect(digestOf(one) === digestOf(other)).toBe(isSame);
    }),
    { numRuns: 3000 },
  );
  expect(digestOf({ a: 1, b: [{ c: 'x', d: 2 }] })).toBe(digestOf({ b: [{ d: 2, c: 'x' }], a: 1 }));
});
