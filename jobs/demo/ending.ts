/** How the demo ends: it checks itself, and says where to look next. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { describeAudit } from '../../src/report/text/audit.ts';
import { auditAll, type Stage } from './night.ts';
import { shownPath } from './place.ts';
import type { Nights } from './story.ts';

/** Reads everything back from Redox, by messages. False if anything is wrong. */
export async function checkItself(stage: Stage): Promise<boolean> {
  const { narrator } = stage;
  narrator.chapter('Is it true?');
  const { summary } = await auditAll(stage);
  narrator.tell(
    'Asked',
    'The command `redox-reconcile audit --all` searches for every patient at Redox, by identifier and by names, birth date and ZIP, and for ' +
      'those merged into them, lists the documents of each, and compares the answers with what the clinic has now, field group by field group.',
  );
  const { audit } = summary;
  const isTrue = audit !== undefined && audit.whole && audit.wrong === 0 && audit.assessed > 0;
  narrator.tell('Result', `${audit === undefined ? 'Nothing was read back' : describeAudit(audit)}.`);
  if (!isTrue) narrator.tell('', 'This is a bug: audit.csv of this run names the rows.');
  return isTrue;
}

/** An installed package has no sources. */
const isCheckout = existsSync(join(packageRoot, 'src'));
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
