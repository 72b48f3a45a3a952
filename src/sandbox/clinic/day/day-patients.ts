import { statement } from '../../../postgres/sql-file.ts';
import { addressFrom } from '../address.ts';
import { wallClock } from './calendar.ts';
import { phoneFrom } from '../contact.ts';
import type { DayEdits, PatientAccount } from './day-account.ts';
import { Dice } from '../dice.ts';
import { loadPeople } from '../load.ts';
import { personIdOf } from '../person.ts';
import { pools } from '../pools.ts';
import { forEach, idsOf, next, pick, type WorkingDay } from './working-day.ts';

/** The day's edits at the registration desk. Patients are dealt out, so each is edited at most once a day. */
export async function liveThroughPatients(
  working: WorkingDay,
  counts: DayEdits,
  lastPerson: number,
): Promise<PatientAccount> {
  const { session, edits, setting, day, at } = working;
  const entered = { at };
  const diceFor = (what: string, patient: string): Dice => new Dice(setting.seed, day, what, patient);
  const familyName = (patient: string): string => diceFor('name', patient).pick(pools.familyNames);

  const numbers = next(lastPerson, counts.newPatients);
  await loadPeople(session, setting, numbers, at);
  const newPatients = idsOf(numbers, personIdOf);
  const merges = await forEach(await duplicates(working, counts.merges), ({ retired, surviving }) =>
    edits.mergePatients(retired, surviving, entered),
  );

  const taken = [...newPatients, ...merges.flatMap(({ retired, surviving }) => [retired, surviving])];
  const deal = dealer(await pick(working, statement('sandbox/clinic/day/pick_people'), [taken], handsNeeded(counts)));
  return {
    newPatients,
    merges,
    movedPatients: await forEach(deal(counts.moves), (id) =>
      edits.movePatient(id, addressFrom(diceFor('address', id)), entered),
    ),
    renamedPatients: await forEach(deal(counts.nameChanges), (id) => edits.renamePatient(id, familyName(id), entered)),
    phoneChanges: await forEach(deal(counts.phoneChanges), (id) =>
      edits.changePhone(id, phoneFrom(diceFor('phone', id)), entered),
    ),
    deceasedPatients: await forEach(deal(counts.deaths), (id) =>
      edits.recordDeath(id, wallClock(day, 5 * 60), entered),
    ),
    silentlyRenamedPatients: await forEach(deal(counts.silentEdits), (id) =>
      edits.renamePatient(id, familyName(id), { silent: true }),
    ),
    deletedPatients: await forEach(deal(counts.deletions), (id) => edits.deletePatient(id)),
  };
}

const handsNeeded = (counts: DayEdits): number =>
  counts.moves + counts.nameChanges + counts.phoneChanges + counts.deaths + counts.silentEdits + counts.deletions;

/** Takes from the front until the list is empty. */
function dealer(ids: readonly string[]): (count: number) => readonly string[] {
  let dealt = 0;
  return (count) => ids.slice(dealt, (dealt += count));
}

async function duplicates({ session }: WorkingDay, count: number): Promise<{ retired: string; surviving: string }[]> {
  return session.run(statement('sandbox/clinic/day/pick_duplicates'), [count]);
}
