import {
  columnOf,
  sectionColumns,
  sectionContract,
  sections,
  type Section,
  type SectionRow,
} from '../../contract/section.ts';
import { belongsTo, formOfKind } from '../../contract/section/column.ts';
import { inOrder, textOf, type Row } from '../../contract/section/rows.ts';
import { cleanedRow, type Form } from '../../contract/row/cleaned-row.ts';
import { Item, type Building } from './item.ts';
import { isInError, standingOf, type Standing } from './standing.ts';
import type { Reading } from '../../values/reading.ts';

/** Groups rows into items, without those entered in error. The result is independent of the order of the rows. */
export const itemsOf = <S extends Section>(
  building: Building<S>,
  rows: readonly SectionRow<S>[],
): readonly Item<S>[] => {
  const { section } = building;
  const { single, forms } = columnsOf[section];
  const ordered: readonly Row[] = inOrder(section, rows);
  const cleaned = ordered.map((row) => cleanedRow(row, forms, building.findings));
  const isAsGiven = cleaned.every((row, index) => row === ordered[index]);
  const distinct = isAsGiven ? ordered : inOrder(section, cleaned);
  const valid = distinct.filter((row) => !isInError(section, row));
  if (valid.length < distinct.length) building.findings.push({ column: 'status', problem: 'entered_in_error' });
  return alike(valid, (row) => textOf(row, single)).map(
    (same) => new Item<S>(building, same, standingOf(section, same[0], building.findings)),
  );
};

/**
 * The items for the coded part: those that the source states, and those of `sayable`, which the section has a field
 * for. The others stand in the text alone.
 */
export const inCodes = <S extends Section>(
  items: readonly Item<S>[],
  ...sayable: readonly Extract<Standing['kind'], 'absent' | 'not_done'>[]
): readonly Item<S>[] =>
  items.filter(({ standing: { kind } }) => kind === 'stated' || sayable.some((word) => word === kind));

/**
 * Groups the items of one panel, one point in time or one relative: those with equal values in the section's group
 * columns.
 */
export const grouped = <S extends Section>(items: readonly Item<S>[]): readonly (readonly [Item<S>, ...Item<S>[]])[] =>
  alike(items, ({ building: { section }, rows }) => textOf(rows[0], columnsOf[section].group));

interface ItemColumns {
  /** The columns that tell items apart. */
  readonly single: readonly string[];
  /** The columns that identify a group of items. */
  readonly group: readonly string[];
  readonly forms: Readonly<Record<string, Form>>;
}

const itemColumnsOf = (section: Section): ItemColumns => {
  const { repeats, group } = sectionContract[section];
  const columns = sectionColumns(section);
  return {
    single: columns.filter((column) => !belongsTo(column, repeats)),
    group: columns.filter((column) => belongsTo(column, group)),
    forms: Object.fromEntries(
      columns.map((column) => [column, formOfKind[columnOf(section, column)?.kind ?? 'line']] as const),
    ),
  };
};

const columnsOf = Object.fromEntries(sections.map((section) => [section, itemColumnsOf(section)])) as Readonly<
  Record<Section, ItemColumns>
>;

/** Groups values by their text, in the order of each text's first occurrence. */
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

type WithKind = Section & ('medications' | 'procedures' | 'plan_of_care' | 'social_history' | 'notes');

/** The items of each kind, in the order of `kinds`. Items without a kind have the first one. */
export const itemsByKind = <S extends WithKind, Kind extends string>(
  items: readonly Item<S>[],
  readKind: (text: string) => Reading<Kind>,
  kinds: readonly [Kind, ...Kind[]],
): Readonly<Record<Kind, readonly Item<S>[]>> => {
  const kindOf = new Map(items.map((item) => [item, item.read('kind', readKind) ?? kinds[0]]));
  const ofKind = (kind: Kind): readonly Item<S>[] => items.filter((item) => kindOf.get(item) === kind);
  return Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)])) as Record<Kind, readonly Item<S>[]>;
};
