import type { Section } from '../../contract/section.ts';
import type { Draft } from '../present.ts';
import type { Item } from './item.ts';

/** The keys of a Clinical Summary that the items of one section fill, coded part and text: the names are irregular. */
export type SectionBuilder<S extends Section> = (items: readonly Item<S>[]) => Readonly<Record<string, Draft>>;
