import { expect, test } from 'vitest';
import { Components } from '../../../src/decide/union-find.ts';

function rootsOf(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const components = new Components();
  for (const [one, other] of pairs) components.join(one, other);
  return new Map(components.roots());
}

test('connects exactly the items that pairs link', () => {
  const lanes = rootsOf([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'd'],
    ['b', 'f'],
    ['f', 'a'],
  ]);
  expect(new Set(['a', 'b', 'f'].map((id) => lanes.get(id))).size).toBe(1);
  expect(new Set(['c', 'd', 'e'].map((id) => lanes.get(id))).size).toBe(1);
  expect(lanes.get('a')).not.toBe(lanes.get('c'));
  expect(lanes.size).toBe(6);
});

test('survives a chain of any length', () => {
  const chain = Array.from({ length: 50_000 }, (_, index) => [`p${index}`, `p${index + 1}`] as const);
  expect(new Set(rootsOf(chain).values()).size).toBe(1);
});
