import type { Session } from '../../../postgres/session.ts';
import { statement } from '../../../postgres/sql-file.ts';
import { instantOf, wallClock, type Day } from './calendar.ts';
import type { DayAccount, DayEdits } from './day-account.ts';
import { liveThroughPatients } from './day-patients.ts';
import { liveThroughVisits } from './day-visits.ts';
import type { ClinicEdits } from './edits.ts';
import { personNumberOf } from '../person.ts';
import { visitNumberOf } from '../visit.ts';
import type { WorkingDay } from './working-day.ts';

interface MadeFrom {
  readonly seed: number;
  readonly built_on: string;
  readonly last_person_id: string | null;
  readonly last_visit_id: string | null;
}

/** Simulates one day and returns its edits, determined by the clinic's state, the day and the counts. */
export async function liveThroughDay(
  session: Session,
  edits: ClinicEdits,
  day: Day,
  counts: DayEdits,
  at = instantOf(wallClock(day, 17 * 60)),
): Promise<DayAccount> {
  return session.transaction(async () => {
    const made = await session.one<MadeFrom>(statement('sandbox/clinic/day/read_made_from'));
    const working: WorkingDay = { session, edits, setting: { seed: made.seed, builtOn: made.built_on }, day, at };
    const patients = await liveThroughPatients(working, counts, personNumberOf(made.last_person_id));
    const visits = await liveThroughVisits(working, counts, visitNumberOf(made.last_visit_id), patients.newPatients);
    return { day, ...patients, ...visits };
  });
}
