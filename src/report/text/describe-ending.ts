/** Describes the end of a run at the terminal: what happened, the open actions, and the reports to read. */
import { join } from 'node:path';
import { inFull } from '../../plain-text.ts';
import type { PageFacts } from '../page/facts.ts';
import { type Sort, nounOf, openCounts, sortsOf } from '../page/open-counts.ts';
import { sentenceOf } from '../page/sentence.ts';
import { planWarnings } from './plan-warnings.ts';

/** A glanceable number of sorts; the page lists all. */
const shownSorts = 3;

export function describeEnding(facts: PageFacts, folder: string): string[] {
  const { summary, openLines, plan } = facts;
  const forPeople = sortsOf(openLines).filter(({ needs }) => needs === 'person');
  const more = forPeople.length - shownSorts;
  return [
    sentenceOf(facts),
    ...(plan === null ? [] : planWarnings(summary, plan)),
    ...forPeople.slice(0, shownSorts).map(sortInWords),
    ...(more > 0 ? [`  and ${inFull(more)} more ${more === 1 ? 'sort' : 'sorts'} of lines`] : []),
    `${openCounts(openLines).person > 0 ? 'The lines, and all else' : 'All of it'}: ${join(folder, 'report.html')}`,
  ];
}

/** `  2 rejected VisitPush (http_400): Read detail, …` */
const sortInWords = (sort: Sort): string =>
  `  ${inFull(sort.sort_lines)} ${nounOf(sort)}${sort.event_type === null ? '' : ` ${sort.event_type}`}` +
  `${sort.reason === null ? '' : ` (${sort.reason})`}: ${sort.what_to_do}`;
