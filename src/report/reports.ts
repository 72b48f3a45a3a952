/**
 * Neighbour 4, people: writes files with everything that a run found and did, for those who act on it. They are written
 * from the ledger alone, so they can be rewritten at any time with the same content. Only the figures of findability and
 * the end of the summary are those of the time of writing.
 */
import { join } from 'node:path';
import { bounded } from '../async/bounded.ts';
import type { Session } from '../postgres/session.ts';
import { writeCsv } from './csv.ts';
import { describeEnding } from './text/describe-ending.ts';
import { reportColumns, reportQuery, reportsOf } from './definition.ts';
import { writePage } from './page.ts';
import type { OpenLine, PageFacts } from './page/facts.ts';
import { makeFolder, writeWhole } from './report-file.ts';
import { openCounts } from './page/open-counts.ts';
import type { ReportedRun } from './text/status.ts';
import { summarise, summariseSite, type SummaryFile } from './summary.ts';

interface Reported {
  readonly folder: string;
  /** The summary for a person, line by line. */
  readonly ending: readonly string[];
  /** What the page shows. To read it again would take as long as a report. */
  readonly facts: Pick<PageFacts, 'summary' | 'plan'>;
}

/**
 * Writes a run's reports. The summary comes last: if it exists, the reports are complete. Close the run first, because the summary
 * contains its status and exit code. The sessions read the ledger in parallel and are reserved until then. `openLines`: if they
 * were read before.
 */
export async function report(
  sessions: readonly Session[],
  run: ReportedRun,
  reportDir: string,
  openLines: readonly OpenLine[] | null = null,
): Promise<Reported> {
  const folder = join(reportDir, run.id);
  await makeFolder(folder);
  const onSession = sharing(sessions);
  const summarised = onSession((session) => summarise(session, run.number));
  const files = reportsOf(run.job).map((name) => {
    const query = { ...reportQuery(name), columns: reportColumns(name) };
    return onSession((session) => writeCsv(session, query, run.number, join(folder, `${name}.csv`)));
  });
  // The earlier work has its sessions already, so this wait cannot deadlock.
  const page = onSession((session) =>
    writePage(session, run.number, { summarised, openLines }, join(folder, 'report.html')),
  );
  const site = page.then(({ openLines }) =>
    onSession((session) => summariseSite(session, run.number, openCounts(openLines).person)),
  );
  await allEnded([summarised, ...files, page, site]);
  const whole: SummaryFile = { ...(await summarised), ...(await site) };
  const summary = JSON.stringify(whole, null, 2);
  await writeWhole(join(folder, 'summary.json'), (append) => append(`${summary}\n`));
  const facts = await page;
  return { folder, ending: describeEnding(facts, folder), facts };
}

/** Assigns work to the next free session, in order of arrival; a failure stops all waiting work. */
function sharing(sessions: readonly Session[]): <T>(work: (session: Session) => Promise<T>) => Promise<T> {
  const free = [...sessions];
  const slots = bounded(sessions.length);
  return (work) =>
    slots(async () => {
      const session = free.pop();
      if (session === undefined) throw new Error('more was at work than there are sessions');
      try {
        return await work(session);
      } finally {
        free.push(session);
      }
    });
}

/** Waits for all work to end, because each piece uses a session and a file; then throws the first failure. */
async function allEnded(works: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) {
    if (end.status === 'rejected') throw end.reason;
  }
}
