/**
 * Neighbour 4, people: everything that a run found and did, as files for those who have to act on it. Written from the ledger
 * alone, so they can be written again at any time, with the same content; but who can be found is told as it is when they are
 * written.
 */
import { join } from 'node:path';
import type { Session } from '../postgres/session.ts';
import { writeCsv } from './csv.ts';
import { overOpenActions, reportColumns, reportQuery, reportsOf } from './definition.ts';
import { writePage } from './page.ts';
import { makeFolder, writeWhole } from './report-file.ts';
import { summarise } from './summary.ts';

interface ReportRequest {
  /** Reads the ledger; nothing else may use it meanwhile. */
  readonly session: Session;
  readonly runNumber: number;
  readonly runId: string;
  /** The reports go into a folder in it that is named for the run. */
  readonly reportDir: string;
}

/**
 * Writes a run's reports and gives their folder. The summary comes last: where there is one, all is there. Close the run first,
 * for its status and exit code stand in the summary.
 */
export async function writeReports({ session, runNumber, runId, reportDir }: ReportRequest): Promise<string> {
  const folder = join(reportDir, runId);
  await makeFolder(folder);
  const summary = await summarise(session, runNumber);
  for (const name of reportsOf(summary.job)) {
    const report = { ...reportQuery(name), columns: reportColumns(name) };
    await writeCsv(session, report, runNumber, join(folder, `${name}.csv`));
  }
  await writePage(session, runNumber, summary, join(folder, 'report.html'));
  await writeWhole(join(folder, 'summary.json'), (append) => append(`${JSON.stringify(summary, null, 2)}\n`));
  return folder;
}

/** Lines of `open-actions.csv` that need a person. */
interface PersonLines {
  readonly lines: number;
  /** Those that the sweep before did not have; the query says which runs are compared. Any makes exit code 2. */
  readonly new_lines: number;
}

export const personLines = (session: Session, runNumber: number): Promise<PersonLines> =>
  session.one<PersonLines>(overOpenActions('ledger/report/person-lines'), [runNumber]);
