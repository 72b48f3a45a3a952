import type { Draft } from '../../present.ts';
import type { SectionBuilder } from '../../item/builder.ts';
import { isResolved, readClinicalStatus } from '../../item/coded-words.ts';
import type { Item } from '../../item/item.ts';
import { inCodes } from '../../item/items.ts';
import { sectionText } from '../../item/text.ts';

/**
 * A resolved problem has a list of its own, so that nobody reads it as a current one. Redox has no field for a problem
 * that the patient does not have, so such a row stands in the text alone.
 */
export const buildProblems: SectionBuilder<'problems'> = (items) => {
  const resolved = items.filter(isOver);
  const current = items.filter((item) => !isOver(item));
  return {
    Problems: inCodes(current).map((item) => ({ ...problem(item), HealthStatus: item.coded('health_status_') })),
    ProblemsText: sectionText(current),
    ResolvedProblems: inCodes(resolved).map(problem),
    ResolvedProblemsText: sectionText(resolved),
  };
};

/** Only the source's own word counts: an end may be that of one episode. */
const isOver = (item: Item<'problems'>): boolean =>
  item.standing.kind === 'stated' && isResolved(item.text('status') ?? '');

const problem = (item: Item<'problems'>): Readonly<Record<string, Draft>> => ({
  ...item.codedPlus(''),
  Category: item.coded('category_'),
  Status: item.read('status', readClinicalStatus),
  ...item.period('started_at', 'ended_at'),
  Comments: item.comments(),
});
