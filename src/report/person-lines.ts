/**
 * Counts the lines of open-actions.csv that need a person. The exit code, the page, the alert and `status` all count
 * with the report's own query, so they always match the file.
 */
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { openActionsOf, overOpenActions } from './definition.ts';

interface PersonLines {
  readonly lines: number;
  /** Lines that are new since the sweep before; the query selects the runs to compare. Any makes exit code 2. */
  readonly new_lines: number;
}

export const personLines = (session: Session, runNumber: number): Promise<PersonLines> =>
  session.one<PersonLines>(overOpenActions(statement('ledger/report/count_person_lines')), [runNumber]);

/** When the oldest of the earlier lines was first found; null if all are new. */
export async function knownSince(session: Session, runNumber: number): Promise<Date | null> {
  const { known_since } = await session.one<{ known_since: Date | null }>(
    overOpenActions(statement('ledger/report/count_known_since')),
    [runNumber],
  );
  return known_since;
}

/** The current lines, since the newest run that looked at every row. */
export interface CurrentLines extends PersonLines {
  readonly known_since: Date | null;
  /** That run; null before the first. */
  readonly run_id: string | null;
}

interface CountedLines extends PersonLines {
  readonly run_number: number | null;
  readonly run_id: string | null;
}

const countCurrentLines = (session: Session): Promise<CountedLines> =>
  session.one<CountedLines>(openActionsOf('looked.run_number', statement('ledger/report/count_current_lines')));

/** Their number. `own`: the lines of that run, which was read already. */
export async function countLinesNow(session: Session, runNumber: number, own: number): Promise<number> {
  const { is_newest } = await session.one<{ is_newest: boolean }>(statement('ledger/report/is_newest_sweep'), [
    runNumber,
  ]);
  return is_newest ? own : (await countCurrentLines(session)).lines;
}

export async function currentLines(session: Session): Promise<CurrentLines> {
  const { run_number, ...current } = await countCurrentLines(session);
  const hasKnown = run_number !== null && current.lines > current.new_lines;
  return { ...current, known_since: hasKnown ? await knownSince(session, run_number) : null };
}
