import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import { readClinicalStatus } from '../../item/coded-words.ts';
import type { Item } from '../../item/item.ts';
import { inCodes } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';

/**
 * Redox has no field for a problem that the patient does not have, so such a row stands in the text alone.
 *
 * Resolved problems stay in the main list with their status. `ResolvedProblems` was added to Redox's schema later, so
 * receivers with the older schema would miss them there.
 */
export const buildProblems: SectionBuilder<'problems'> = (items) => ({
  Problems: inCodes(items).map(problem),
  ProblemsText: sectionText(items),
});

const problem = (item: Item<'problems'>): Draft => ({
  ...item.codedPlus(''),
  Category: item.coded('category_'),
  HealthStatus: item.coded('health_status_'),
  Status: item.read('status', readClinicalStatus),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});
