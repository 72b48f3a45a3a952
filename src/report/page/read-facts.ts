import { eventTypes } from '../../decide/call.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { overOpenActions } from '../definition.ts';
import { knownSince } from '../person-lines.ts';
import type { Summary } from '../summary.ts';
import {
  type ChangedGroup,
  type Found,
  type NightTally,
  type OpenLine,
  type Pace,
  type PageFacts,
  type PagePlan,
  type PageRun,
  type PlannedCalls,
  shownLines,
} from './facts.ts';
import { readLastAudits } from '../text/audit.ts';
import { openCounts } from './open-counts.ts';

const shownNights = 30;

/** The first lines of open-actions.csv, with the counts of all. They stay the same once a run's work has ended. */
export const readOpenLines = (session: Session, runNumber: number): Promise<readonly OpenLine[]> =>
  session.run<OpenLine>(overOpenActions(statement('ledger/report-page/read_open_lines')), [runNumber, shownLines]);

/** What was read before, or is still being read by another session. */
export interface Known {
  readonly summarised: Promise<Summary>;
  readonly openLines: readonly OpenLine[] | null;
}

export async function readFacts(
  session: Session,
  runNumber: number,
  { summarised, openLines: known }: Known,
): Promise<PageFacts> {
  const run = await session.one<PageRun>(statement('ledger/report-page/read_page_run'), [runNumber]);
  const openLines = known ?? (await readOpenLines(session, runNumber));
  const { person, newPerson } = openCounts(openLines);
  return {
    run,
    openLines,
    knownSince: person > newPerson ? await knownSince(session, runNumber) : null,
    plan: run.plan_only ? await readPagePlan(session, runNumber) : null,
    found: await session.run<Found>(statement('ledger/report-page/count_found'), [runNumber]),
    changedGroups: await session.run<ChangedGroup>(statement('ledger/report-page/count_changed_groups'), [runNumber]),
    pace: await session.run<Pace>(statement('ledger/report-page/read_posts'), [runNumber]),
    nights: (
      await session.run<NightTally>(statement('ledger/report-page/read_nights'), [runNumber, shownNights])
    ).reverse(),
    timeZone: run.site_time_zone,
    audits:
      (await summarised).audit === undefined ? [] : (await readLastAudits(session, shownNights, runNumber)).reverse(),
    summary: await summarised,
  };
}

export async function readPagePlan(session: Session, runNumber: number): Promise<PagePlan> {
  const calls = await session.run<PlannedCalls>(statement('ledger/report/count_planned_by_event'), [runNumber]);
  const planned = await session.one<Omit<PagePlan, 'calls'>>(statement('ledger/report-page/read_planned'), [runNumber]);
  return { calls: eventTypes.flatMap((event) => calls.filter(({ event_type }) => event_type === event)), ...planned };
}
