import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { addDays, addMinutes, instantOf, wallClock, type Day } from './day/calendar.ts';
import { chartVisits } from './chart.ts';
import type { Dice } from './dice.ts';
import { loadMerges, loadPeople, loadPractitioners, loadVisits } from './load.ts';
import { diedAtOf, historyDays, mergedInto, personIdOf } from './person.ts';
import type { Setting } from './setting.ts';
import { allKinds } from './visit-kinds.ts';
import type { VisitPlan } from './visit.ts';

export interface BuildOptions {
  /** Registrations; one in 25 is of a person registered before. */
  readonly patients: number;
  readonly visits: number;
  readonly seed: number;
  /** The first day after the recorded history. */
  readonly today: Day;
}

/** Makes the clinic's tables and fills them with three years of history and a month of appointments. */
export async function buildClinic(session: Session, options: BuildOptions): Promise<void> {
  const setting: Setting = { seed: options.seed, builtOn: options.today };
  const people = { from: 1, to: options.patients };
  await session.transaction(async () => {
    const tables = statement('sandbox/clinic/tables/create_tables');
    await session.query(tables.name, tables.text);
    await session.run(statement('sandbox/clinic/load/note_made_from'), [options.seed, options.today]);
    await session.run(statement('sandbox/clinic/load/load_facilities'));
    await session.run(statement('sandbox/clinic/load/load_departments'));
    await loadPractitioners(session, setting);
    await loadPeople(session, setting, people);
    await loadMerges(session, setting, people);
    await loadVisits(session, setting, { from: 1, to: options.visits }, historyOf(setting, options.patients));
    await chartVisits(session, setting, 'all');
    const indexes = statement('sandbox/clinic/tables/create_indexes');
    await session.query(indexes.name, indexes.text);
  });
  await session.run(statement('sandbox/clinic/load/analyze_clinic'));
}

function historyOf(setting: Setting, patients: number): VisitPlan {
  const today = setting.builtOn;
  const lastEvening = wallClock(addDays(today, -1), 20 * 60);
  return {
    owner: (dice, day) => ownerOn(day, dice, setting, patients),
    kinds: allKinds,
    begins: (dice) => addDays(today, dice.chance(0.96) ? -dice.between(1, historyDays) : dice.between(0, 30)),
    today,
    // Within a day of the visit, or of its cancellation; appointments were made in the last weeks.
    entered: (dice, visited) => {
      const entered = addMinutes(visited, dice.between(0, 20 * 60));
      return instantOf(entered < lastEvening ? entered : addMinutes(lastEvening, -dice.between(0, 30 * 24 * 60)));
    },
  };
}

/** A person alive on that day; visits of merged people belong to the survivor. */
function ownerOn(day: Day, dice: Dice, setting: Setting, patients: number): string {
  const number = dice.between(1, patients);
  const diedAt = diedAtOf(setting, number);
  // Few have died, so this ends soon.
  if (diedAt !== null && diedAt < day) return ownerOn(day, dice, setting, patients);
  return personIdOf(mergedInto(number) ?? number);
}
