import type { Reading } from '../../values/reading.ts';
import type { Section } from '../../contract/section.ts';
import type { Item } from './item.ts';

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
