import { sectionColumns, sectionContract, type Section, type SectionRow } from '../../section.ts';
import { belongsTo } from '../../section/column.ts';
import { inOrder, textOf } from '../../section/rows.ts';
import { Item, type Building } from './item.ts';

/** The items that rows make up. The same rows in another order are the same items in the same order. */
export const itemsOf = <S extends Section>(
  building: Building<S>,
  rows: readonly SectionRow<S>[],
): readonly Item<S>[] => {
  const { section } = building;
  const single = sectionColumns(section).filter((column) => !belongsTo(column, sectionContract[section].repeats));
  return alike(inOrder(section, rows), (row) => textOf(row, single)).map((same) => new Item<S>(building, same));
};

/** Items that belong to one panel, one point in time, one relative: those that agree in the section's group. */
export const grouped = <S extends Section>(items: readonly Item<S>[]): readonly (readonly [Item<S>, ...Item<S>[]])[] =>
  alike(items, ({ building: { section }, rows }) => {
    const columns = sectionColumns(section).filter((column) => belongsTo(column, sectionContract[section].group));
    return textOf(rows[0], columns);
  });

/** The values that have the same text, in the order in which each text first occurs. */
const alike = <T>(values: readonly T[], textOfValue: (value: T) => string): readonly (readonly [T, ...T[]])[] => {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const text = textOfValue(value);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [value]);
    else group.push(value);
  }
  return [...groups.values()];
};
