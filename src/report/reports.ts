/**
 * Neighbour 4, people: everything that a run found and did, as files for those who have to act on it. Written from the ledger
 * alone, so they can be written again at any time, with the same content; but who can be found is told as it is when they are
 * written.
 */
import { join } from 'node:path';
import { bounded } from '../bounded.ts';
import type { Session } from '../postgres/session.ts';
import { writeCsv } from './csv.ts';
import { overOpenActions, reportColumns, reportQuery, reportsOf } from './definition.ts';
import { writePage } from './page.ts';
import { makeFolder, writeWhole } from './report-file.ts';
import type { ReportedRun } from './status.ts';
import { summarise } from './summary.ts';

interface ReportRequest {
  /** Read the ledger side by side; nothing else may use them meanwhile. */
  readonly sessions: readonly Session[];
  readonly run: ReportedRun;
  /** The reports go into a folder in it that is named for the run. */
  readonly reportDir: string;
}

/**
 * Writes a run's reports and gives their folder. The summary comes last: where there is one, all is there. Close the run first,
 * for its status and exit code stand in the summary.
 */
export async function writeReports({ sessions, run, reportDir }: ReportRequest): Promise<string> {
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

/** Lines of `open-actions.csv` that need a person. */
interface PersonLines {
  readonly lines: number;
  /** Those that the sweep before did not have; the query says which runs are compared. Any makes exit code 2. */
  readonly new_lines: number;
}

export const personLines = (session: Session, runNumber: number): Promise<PersonLines> =>
  session.one<PersonLines>(overOpenActions('ledger/report/person-lines'), [runNumber]);
