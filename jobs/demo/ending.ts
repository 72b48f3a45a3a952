/** How the demo ends: it checks itself, and says where to look next. */
import { extname, join } from 'node:path';
import { counted, inFull } from '../../src/plain-text.ts';
import { compare, type Difference } from './comparison.ts';
import type { Night, Stage } from './night.ts';
import { shownPath } from './place.ts';
import type { Nights } from './story.ts';

/** Compares what Redox holds with the clinic. False where they differ in something that no report lists. */
export async function checkItself({ narrator, site }: Stage, last: Night): Promise<boolean> {
  narrator.chapter('Is it true?');
  const { patients, documents, summaries, differences } = await narrator.watch(() => 'comparing', compare(site));
  const unlisted = differences.filter((difference) => !isListed(difference, last));
  const listed = differences.length - unlisted.length;
  narrator.tell(
    'Compared',
    `The clinic has ${counted(patients, 'live patient')}, ${counted(documents, 'finished visit')} and ` +
      `${inFull(summaries)} summaries of patients. Each was looked up at Redox by its id and compared, content and owner; Redox was also searched for anything else.`,
  );
  if (unlisted.length === 0) {
    narrator.tell('Result', 'Redox has all of them, as they are now, and nothing else' + exceptions(listed));
    return true;
  }
  narrator.tell(
    'Result',
    `NOT THE SAME: ${counted(unlisted.length, 'row')} differ, and no report lists them. This is a bug.`,
  );
  for (const { entity, id, what } of unlisted.slice(0, 10)) narrator.tell('', `- ${entity} ${id}: ${what}`);
  return false;
}

const exceptions = (count: number): string =>
  count === 0
    ? '.'
    : `, but for ${counted(count, 'row')} that the last open-actions.csv lists: a document that was pushed before its ` +
      'visit was cancelled. No message withdraws it, so it stays listed until a person has it withdrawn.';

/** What needs a person is known to differ. */
const isListed = ({ entity, id }: Difference, { actions }: Night): boolean =>
  actions.some((line) => line.needs === 'person' && line.entity === entity && line.entity_id === id);

const isCheckout = extname(import.meta.filename) === '.ts';
const command = isCheckout ? 'npm run job --' : 'redox-reconcile';

export function printWhereToLook({ narrator, place, site }: Stage, { rejected, last }: Nights): void {
  narrator.chapter('Where to look next');
  narrator.list([
    [shownPath(join(rejected.folder, 'open-actions.csv')), "Wednesday's list for people"],
    [shownPath(join(last.folder, 'summary.json')), 'the last night in numbers'],
    ...(isCheckout
      ? ([
          ['reports/README.md', 'what every column of every report means'],
          ['README.md', '"At your site": how to try it on an EHR of your own'],
          ['src/night/reconcile.ts', 'the night in one screen: start here to read the code'],
        ] as const)
      : []),
    ...(site.isKept
      ? ([
          [
            `${command} status --env-file ${quoted(shownPath(place.envFile))}`,
            'the runs of the demo, and what is open',
          ],
        ] as const)
      : []),
    [`${command} --help`, 'every job'],
  ]);
}

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `"${path}"`);
