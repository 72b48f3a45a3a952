/** Describes days and nights: counts and kinds, never a patient's value. */
import { join } from 'node:path';
import { eventTypes } from '../../src/decide/call.ts';
import { describeFindability } from '../../src/report/text/findability.ts';
import { counted, inFull, lasting } from '../../src/plain-text.ts';
import { type Summary, totalCalls } from '../../src/report/summary.ts';
import type { DayAccount } from '../../src/sandbox/clinic/day/day-account.ts';
import { exitCodeMeanings } from '../frame/job.ts';
import type { Narrator } from './narrator.ts';
import type { Night, OpenAction } from './night.ts';
import { shownPath } from './place.ts';

const enumerated = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

export const dayInWords = (day: DayAccount): string =>
  [
    happened('patient', [
      [day.newPatients, 'registered'],
      [day.movedPatients, 'moved'],
      [day.renamedPatients, 'took another name'],
      [day.phoneChanges, 'changed their phone number'],
      [day.deceasedPatients, 'died'],
    ]),
    happened('visit', [
      [[...day.finishedVisits, ...day.walkIns], 'took place'],
      [day.bookedVisits, 'was booked', 'were booked'],
      [day.cancelledVisits, 'was called off', 'were called off'],
    ]),
    happened('inpatient', [
      [day.admittedVisits, 'was admitted', 'were admitted'],
      [day.dischargedVisits, 'was discharged', 'were discharged'],
    ]),
    happened('note', [[day.amendedVisits, 'of an earlier visit was amended', 'of earlier visits were amended']]),
    happened('blood pressure', [
      [day.correctedVisits, 'of an earlier visit was corrected', 'of earlier visits were corrected'],
    ]),
  ].join('');

type Event = readonly [ids: readonly string[], one: string, many?: string];

/** `6 patients registered, 4 moved and 1 died. ` */
function happened(noun: string, events: readonly Event[]): string {
  const parts = events
    .filter(([ids]) => ids.length > 0)
    .map(([ids, one, many = one], index) => {
      const subject = index === 0 ? counted(ids.length, noun) : inFull(ids.length);
      return `${subject} ${ids.length === 1 ? one : many}`;
    });
  return parts.length === 0 ? '' : `${enumerated(parts)}. `;
}

/** What a night found and sent, and what it leaves for people. */
export function tellNight(narrator: Narrator, night: Night, label = 'By night'): void {
  const { summary, ms, exitCode } = night;
  narrator.tell(label, `${foundInWords(summary)} ${sentInWords(summary)}`);
  if (summary.watermark.missed > 0) narrator.tell('', missedInWords(summary.watermark.missed));
  narrator.tell('For people', leftInWords(night));
  for (const line of newForPeople(night).slice(0, 3)) narrator.tell('', `- ${actionInWords(line)}`);
  if (night.qualityLines > 0) narrator.tell('', qualityInWords(night.qualityLines));
  narrator.tell('', foundByOthersInWords(summary));
  narrator.tell('', `Exit code ${exitCode} (${exitCodeMeanings[exitCode]}) after ${lasting(ms)}.`);
}

/** What was compared, and how much of it differed. */
function foundInWords({ patients, merges, encounters }: Summary): string {
  const read = `${counted(patients.read, 'patient')}, ${counted(merges.read, 'merge')} and ${counted(encounters.read, 'visit')}`;
  const which = (what: 'new' | 'changed'): string =>
    enumerated([
      ...some(patients[what], 'patient'),
      ...some(merges[what], 'merge'),
      ...some(encounters[what], 'visit'),
    ]);
  const [isNew, changed] = [which('new'), which('changed')];
  const differing = [
    ...(isNew === '' ? [] : [`new to Redox: ${isNew}`]),
    ...(changed === '' ? [] : [`changed: ${changed}`]),
  ];
  const found = differing.length === 0 ? 'nothing differs.' : `${differing.join('; ')}.`;
  return `Compared ${read} with what Redox was last sent; ${found}`;
}

const some = (count: number, noun: string): string[] => (count === 0 ? [] : [counted(count, noun)]);

function sentInWords({ calls }: Summary): string {
  const { unneeded, accepted, rejected } = totalCalls(calls);
  const events = eventTypes.flatMap((eventType) => {
    const { accepted: taken, rejected: refused } = calls[eventType];
    return taken + refused === 0 ? [] : [`${inFull(taken + refused)} ${eventType}`];
  });
  const same =
    unneeded === 0
      ? ''
      : ` Not sent: ${counted(unneeded, 'message')} with nothing new for Redox, such as an empty summary or a visit with another note.`;
  if (events.length === 0) return `Sent nothing.${same}`;
  const answer =
    rejected === 0 ? 'Redox accepted all.' : `Redox accepted ${inFull(accepted)} and rejected ${inFull(rejected)}.`;
  return `Sent ${enumerated(events)}; ${answer}${same}`;
}

const missedInWords = (count: number): string =>
  `Of the changes, ${inFull(count)} came without a newer updated_at. Comparing every row finds them all the same, and ` +
  'discrepancies.csv lists them as silent_change.';

/** Where the list for people is, and how much of it is new. */
function leftInWords(night: Night): string {
  const lines = night.actions.filter(({ needs }) => needs === 'person').length;
  const fresh = newForPeople(night).length;
  if (fresh === 0)
    return lines === 0 ? 'Nothing.' : `Nothing new; ${counted(lines, 'line')} known from a night before.`;
  return `${counted(fresh, 'new line')} in ${shownPath(join(night.folder, 'open-actions.csv'))}:`;
}

const newForPeople = ({ actions }: Night): readonly OpenAction[] =>
  actions.filter(({ needs, is_new }) => needs === 'person' && is_new === 'true');

function actionInWords({ entity, entity_id, kind, what_to_do, detail }: OpenAction): string {
  const answer = detail === '' ? '' : ` Redox answered: ${detail}`;
  return `${entity} ${entity_id} (${kind}).${answer} ${what_to_do}`;
}

const qualityInWords = (count: number): string =>
  `data-quality.csv lists ${counted(count, 'value')} worth a correction: codes without a counterpart at Redox, phone ` +
  'numbers that cannot be dialled, names that others cannot search for.';

/** Others match exactly, so they miss a patient who lacks a ZIP. */
const foundByOthersInWords = ({ findability }: Summary): string =>
  `Others can find ${describeFindability(findability) ?? 'nobody yet'}; data-quality.csv lists who lacks which.`;
