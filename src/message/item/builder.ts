import type { Section } from '../../contract/section.ts';
import type { Draft } from '../present.ts';
import type { Item } from './item.ts';

/** Builds one section of a Clinical Summary from its items, under Redox's irregular keys: the coded part and the text. */
export type SectionBuilder<S extends Section> = (items: readonly Item<S>[]) => Readonly<Record<string, Draft>>;
