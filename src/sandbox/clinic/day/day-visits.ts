import { type Statement, statement } from '../../../postgres/sql-file.ts';
import { addDays, wallClock, type Day } from './calendar.ts';
import { chartVisits } from '../chart.ts';
import type { DayEdits, VisitAccount } from './day-account.ts';
import { Dice } from '../dice.ts';
import { loadVisits } from '../load.ts';
import { allKinds, walkInKinds } from '../visit-kinds.ts';
import { visitIdOf, type VisitPlan } from '../visit.ts';
import { forEach, idsOf, next, pick, type WorkingDay } from './working-day.ts';

/** The day's visits: due appointments take place or are cancelled, and charts are corrected. */
export async function liveThroughVisits(
  working: WorkingDay,
  counts: DayEdits,
  lastVisit: number,
  newPatients: readonly string[],
): Promise<VisitAccount> {
  const { edits, day, at } = working;
  const entered = { at };
  const yesterday = addDays(day, -1);
  const done = (since: Day, except: readonly string[], count: number): Promise<string[]> =>
    pick(working, statement('sandbox/clinic/day/pick_visits'), [null, ['DONE'], since, yesterday, except], count);

  const due = await pick(
    working,
    statement('sandbox/clinic/day/pick_visits'),
    [null, ['SCHED'], day, day, []],
    counts.cancellations,
  );
  const cancelledVisits = await forEach(due, (id) => edits.cancelVisit(id, entered));
  const admittedVisits = await takePlace(working, statement('sandbox/clinic/day/admit_inpatients'));
  const finishedVisits = await takePlace(working, statement('sandbox/clinic/day/finish_visits'));

  const inHouse = await pick(
    working,
    statement('sandbox/clinic/day/pick_visits'),
    ['IP', ['ARRIVED'], addDays(day, -1200), yesterday, []],
    counts.discharges,
  );
  const dischargedVisits = await forEach(inHouse, (id) => edits.discharge(id, wallClock(day, 11 * 60), '01', entered));
  const voided = await done(addDays(day, -60), [], counts.voidedVisits);
  const voidedVisits = await forEach(voided, (id) => edits.cancelVisit(id, entered));
  const amended = await done(addDays(day, -30), voidedVisits, counts.amendments);
  const amendedVisits = await forEach(amended, (id) => edits.amendVisit(id, entered));

  const toCorrect = await done(addDays(day, -30), [...voidedVisits, ...amendedVisits], counts.corrections);
  const correctedVisits = await forEach(toCorrect, (id) =>
    edits.recordMeasurement(id, systolicPressure, pressureOf(working, id), entered),
  );

  const { walkIns, bookedVisits } = await addVisits(working, counts, lastVisit, newPatients);
  await chartVisits(working.session, working.setting, [...finishedVisits, ...dischargedVisits, ...walkIns]);
  const slipped = [...walkIns, ...finishedVisits].slice(0, counts.impossibleVisits);
  const impossibleVisits = await forEach(slipped, (id) => edits.endBeforeStart(id, entered));
  return {
    cancelledVisits,
    admittedVisits,
    finishedVisits,
    dischargedVisits,
    voidedVisits,
    amendedVisits,
    correctedVisits,
    walkIns,
    bookedVisits,
    impossibleVisits,
  };
}

/** As in the table `test`. */
const systolicPressure = '8480-6';

/** Higher than any initial value, so that it is always a change. */
const pressureOf = ({ setting, day }: WorkingDay, visit: string): string =>
  String(new Dice(setting.seed, day, 'pressure', visit).between(170, 220));

async function takePlace({ session, day, at }: WorkingDay, how: Statement<{ id: string }>): Promise<string[]> {
  const rows = await session.run(how, [day, at]);
  return rows.map(({ id }) => id).sort();
}

/** Newly registered patients visit the same day, and others too. */
async function addVisits(
  working: WorkingDay,
  counts: DayEdits,
  lastVisit: number,
  newPatients: readonly string[],
): Promise<{ walkIns: string[]; bookedVisits: string[] }> {
  const { session, setting, day, at } = working;
  const owners = [
    ...newPatients,
    ...(await pick(working, statement('sandbox/clinic/day/pick_people'), [newPatients], 20)),
  ];
  if (owners.length === 0) return { walkIns: [], bookedVisits: [] };

  const tomorrow = addDays(day, 1);
  const plan = { owner: (dice) => dice.pick(owners), today: tomorrow, entered: () => at } satisfies Partial<VisitPlan>;
  const walkIns = next(lastVisit, counts.walkIns);
  await loadVisits(session, setting, walkIns, { ...plan, kinds: walkInKinds, begins: () => day, takesPlace: true });
  const bookings = next(walkIns.to, counts.bookings);
  await loadVisits(session, setting, bookings, {
    ...plan,
    kinds: allKinds,
    begins: (dice) => addDays(tomorrow, dice.between(0, 30)),
  });
  return { walkIns: idsOf(walkIns, visitIdOf), bookedVisits: idsOf(bookings, visitIdOf) };
}
