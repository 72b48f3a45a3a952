import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contract, entities } from '../../../src/contract/contract.ts';
import { groupLines, groupOf, groupsOf } from '../../../src/message/fingerprint/field-group.ts';

describe.each(entities)('the field groups of the entity %s', (entity) => {
  const columns: readonly string[] = contract[entity].columns;

  test('hold every column but updated_at', () => {
    expect(columns.filter((column) => groupOf(entity, column) === undefined)).toEqual(
      columns.filter((column) => column === 'updated_at'),
    );
  });

  test('name exactly the group of the changed column', () => {
    const row = Object.fromEntries(columns.map((column) => [column, 'before']));
    for (const column of columns) {
      const before = groupLines(entity, row);
      const after = groupLines(entity, { ...row, [column]: 'after' });
      const changed = groupsOf(entity).filter((_, index) => before[index]?.text !== after[index]?.text);
      expect(changed).toEqual(column === 'updated_at' ? [] : [groupOf(entity, column)]);
    }
  });

  test('give different texts for different rows', () => {
    const sent = columns.filter((column) => column !== 'updated_at');
    const value = fc.option(fc.constantFrom('', ' ', '\t', '\\N', 'a', ...sent));
    const row = fc.record(Object.fromEntries(sent.map((column) => [column, value])));
    fc.assert(
      fc.property(row, row, (one, other) => {
        const same = sent.every((column) => one[column] === other[column]);
        expect(JSON.stringify(groupLines(entity, one)) === JSON.stringify(groupLines(entity, other))).toBe(same);
      }),
    );
  });
});

test('equal the groups that the reports promise', () => {
  expect(groupsOf('patient').toSorted()).toEqual(
    ['name', 'birth_and_sex', 'address', 'contact', 'identifiers', 'death', 'other'].toSorted(),
  );
  expect(groupsOf('encounter').toSorted()).toEqual(['times', 'place', 'provider', 'reason', 'clinical'].toSorted());
});

test('include an empty text and exclude a null', () => {
  const textOf = (value: string | null): string | undefined =>
    groupLines('merge', { retired_patient_id: '1', surviving_patient_id: '2', merged_at: value }).find(
      ({ group }) => group === 'times',
    )?.text;
  expect(textOf(null)).toBe('');
  expect(textOf('')).toBe('merged_at\t');
});
