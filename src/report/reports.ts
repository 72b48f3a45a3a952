/**
 * Neighbour 4, people: everything that a run found and did, as files for those who have to act on it. Written from the ledger
 * alone, so they can be written again at any time, with the same content; but who can be found is told as it is when they are
 * written.
 */
import { join } from 'node:path';
import { bounded } from '../async/bounded.ts';
import type { Session } from '../postgres/session.ts';
import { writeCsv } from './csv.ts';
import { describeEnding } from './text/describe-ending.ts';
import { reportColumns, reportQuery, reportsOf } from './definition.ts';
import { writePage } from './page.ts';
import { makeFolder, writeWhole } from './report-file.ts';
import type { ReportedRun } from './text/status.ts';
import { summarise } from './summary.ts';

interface ReportRequest {
  /** Read the ledger side by side; nothing else may use them meanwhile. */
  readonly sessions: readonly Session[];
  readonly run: ReportedRun;
  /** The reports go into a folder in it that is named for the run. */
  readonly reportDir: string;
  /** Told the end of the run in words, for a person, once all is written. */
  readonly tellEnding?: (lines: readonly string[]) => void;
}

/**
 * Writes a run's reports and gives their folder. The summary comes last: where there is one, all is there. Close the run first,
 * for its status and exit code stand in the summary.
 */
export async function writeReports(request: ReportRequest): Promise<string> {
  const { sessions, run, reportDir } = request;
  const folder = join(reportDir, run.id);
  await makeFolder(folder);
  const onSession = sharing(sessions);
  const summarised = onSession((session) => summarise(session, run.number));
  const files = reportsOf(run.job).map((name) => {
    const report = { ...reportQuery(name), columns: reportColumns(name) };
    return onSession((session) => writeCsv(session, report, run.number, join(folder, `${name}.csv`)));
  });
  // What came first has begun by then, so it waits for nothing that waits for a session.
  const page = onSession((session) => writePage(session, run.number, summarised, join(folder, 'report.html')));
  await allEnded([summarised, ...files, page]);
  const summary = JSON.stringify(await summarised, null, 2);
  await writeWhole(join(folder, 'summary.json'), (append) => append(`${summary}\n`));
  request.tellEnding?.(describeEnding(await page, folder));
  return folder;
}

/** Gives work the next session that is free, in the order in which it came; after a failure none begins any more. */
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

/** Throws the first failure, but not before all are at an end: what was begun uses a session and a file. */
async function allEnded(works: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) {
    if (end.status === 'rejected') throw end.reason;
  }
}
