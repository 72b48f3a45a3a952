import type { OpenLine } from './facts.ts';
import { spoken } from './words.ts';

/** Counts of all lines of open-actions.csv, including those beyond the page's limit. */
export interface OpenCounts {
  readonly lines: number;
  readonly person: number;
  readonly newPerson: number;
  readonly nextRun: number;
}

/** Lines that share an action and a reason. */
export type Sort = Pick<
  OpenLine,
  'needs' | 'kind' | 'reason' | 'event_type' | 'what_to_do' | 'sort_lines' | 'sort_new_lines' | 'sort_open_since'
>;

/** The sorts among the lines: those for people first, then by size. */
export function sortsOf(lines: readonly OpenLine[]): readonly Sort[] {
  const sorts = new Map<string, Sort>();
  for (const line of lines) {
    const key = JSON.stringify([line.needs, line.kind, line.reason, line.event_type, line.what_to_do]);
    if (!sorts.has(key)) sorts.set(key, line);
  }
  return [...sorts.values()].sort(
    (a, b) => Number(b.needs === 'person') - Number(a.needs === 'person') || b.sort_lines - a.sort_lines,
  );
}

export function openCounts([first]: readonly OpenLine[]): OpenCounts {
  const { lines, person_lines, new_person_lines } = first ?? { lines: 0, person_lines: 0, new_person_lines: 0 };
  return { lines, person: person_lines, newPerson: new_person_lines, nextRun: lines - person_lines };
}

/** The noun after the number of a sort. A line about a file counts as one file, however many lines that file lost. */
export function nounOf({ kind, sort_lines }: Pick<Sort, 'kind' | 'sort_lines'>): string {
  const files = sort_lines === 1 ? 'file' : 'files';
  if (kind === 'lines_left_out') return `${files} with lines left out`;
  if (kind === 'directory') return 'record in the directory';
  return kind === 'extract_old' ? `${files} of an old export` : spoken(kind);
}
