import { sectionColumns, sectionContract, sections, type Section, type SectionRow } from '../../section.ts';
import { belongsTo } from '../../section/column.ts';
import { inOrder, textOf } from '../../section/rows.ts';
import { Item, type Building } from './item.ts';

/** The items that rows make up. The same rows in another order are the same items in the same order. */
export const itemsOf = <S extends Section>(
  building: Building<S>,
  rows: readonly SectionRow<S>[],
): readonly Item<S>[] => {
  const { section } = building;
  const { single } = columnsOf[section];
  return alike(inOrder(section, rows), (row) => textOf(row, single)).map((same) => new Item<S>(building, same));
};

/** Items that belong to one panel, one point in time, one relative: those that agree in the section's group. */
export const grouped = <S extends Section>(items: readonly Item<S>[]): readonly (readonly [Item<S>, ...Item<S>[]])[] =>
  alike(items, ({ building: { section }, rows }) => textOf(rows[0], columnsOf[section].group));

interface ItemColumns {
  /** Tell an item from another. */
  readonly single: readonly string[];
  /** Say what several items belong to. */
  readonly group: readonly string[];
}

const itemColumnsOf = (section: Section): ItemColumns => {
  const { repeats, group } = sectionContract[section];
  const columns = sectionColumns(section);
  return {
    single: columns.filter((column) => !belongsTo(column, repeats)),
    group: columns.filter((column) => belongsTo(column, group)),
  };
};

const columnsOf = Object.fromEntries(sections.map((section) => [section, itemColumnsOf(section)])) as Readonly<
  Record<Section, ItemColumns>
>;

/** The values that have the same text, in the order in which each text first occurs. */
const alike = <T>(values: readonly T[], textOfValue: (value: T) => string): readonly (readonly [T, ...T[]])[] => {
  const [only] = values;
  if (only !== undefined && values.length === 1) return [[only]];
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const text = textOfValue(value);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [value]);
    else group.push(value);
  }
  return [...groups.values()];
};
