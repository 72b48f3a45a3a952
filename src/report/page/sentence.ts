/** What happened, in one sentence: the first thing that people read in the morning, and often the only one. */
import { eventTypes, type EventType } from '../../core/call.ts';
import { counted, inFull } from '../plain-text.ts';
import { type Summary, totalCalls } from '../summary.ts';
import type { PageFacts } from './facts.ts';
import { type OpenCounts, openCounts } from './open-counts.ts';

/** One sentence, with its full stop. */
export function sentenceOf({ summary, run, openLines }: Sentenced): string {
  const { job, status } = summary;
  if (job === 'organization') return directorySentence(status, run.directory_result);
  if (status === 'running') return `This ${nounOf(summary)} is still going${soFar(summary, '', ', and Redox has')}.`;
  if (status === 'refused') return `This ${nounOf(summary)} was refused${soFar(summary, ', and nothing was sent')}.`;
  if (status === 'failed') return `This ${nounOf(summary)} failed${soFar(summary, ' before anything was sent')}.`;
  if (status === 'interrupted') return `This ${nounOf(summary)} died under way${soFar(summary)}; the next one goes on.`;
  if (status === 'stopped') return `This ${nounOf(summary)} was stopped early${soFar(summary)}; the next one goes on.`;
  if (run.plan_only) return planSentence(summary);
  if (job === 'baseline') return baselineSentence(summary);
  return `${whatWasTold(summary)}${whatIsLeft(openCounts(openLines), totalCalls(summary.calls).planned === 0)}.`;
}

/** What the sentence is made of. */
type Sentenced = Pick<PageFacts, 'summary' | 'run' | 'openLines'>;

const nounOf = ({ job }: Summary): string => (job === 'nightly' ? 'night' : `run of ${job}`);

function soFar({ calls }: Summary, withoutCalls = '', withCalls = ' when Redox had'): string {
  const { planned, accepted } = totalCalls(calls);
  if (planned === 0) return withoutCalls;
  return `${withCalls} accepted ${accepted === planned ? 'all' : inFull(accepted)} of ${counted(planned, 'planned call')}`;
}

function whatWasTold(summary: Summary): string {
  const { calls, patients, encounters } = summary;
  const { planned, accepted } = totalCalls(calls);
  if (!readsRows(summary)) {
    if (planned === 0)
      return summary.mode === 'open' ? 'Nothing was owed to Redox' : `The run of ${summary.job} is done`;
  } else if (planned === 0) {
    const noun = summary.job === 'nightly' ? 'A quiet night' : 'A quiet run';
    return `${noun}: ${counted(patients.read, 'patient')} and ${counted(encounters.read, 'visit')} compared, nothing to tell`;
  }
  const told = listed(eventTypes.filter((event) => calls[event].accepted > 0).map((event) => toldAs(event, summary)));
  if (isFirstLoad(summary)) return `The first load: Redox was told of ${told === '' ? 'nothing yet' : told}`;
  return accepted === 0 ? noneOf(summary) : `Redox was told of ${told}`;
}

function noneOf({ calls }: Summary): string {
  const { planned, unneeded, superseded } = totalCalls(calls);
  const all = counted(planned, 'planned call');
  return unneeded + superseded === planned ? `Of ${all} none was needed in the end` : `Redox took none of ${all}`;
}

const readsRows = ({ patients, merges, encounters }: Summary): boolean =>
  patients.read + merges.read + encounters.read > 0;

/** Everything was new, and nothing was known before. */
const isFirstLoad = ({ mode, patients, encounters }: Summary): boolean =>
  mode === 'sweep' &&
  patients.new > 0 &&
  patients.unchanged + patients.changed + encounters.unchanged + encounters.changed === 0;

const nouns: Readonly<Record<EventType, string>> = {
  NewPatient: 'new patient',
  PatientUpdate: 'changed patient',
  PatientMerge: 'merge',
  VisitPush: 'visit',
};

const toldAs = (event: EventType, { calls }: Summary): string => counted(calls[event].accepted, nouns[event]);

function whatIsLeft({ person, newPerson, nextRun }: OpenCounts, isQuiet: boolean): string {
  if (person === 0 && nextRun === 0) return isQuiet ? '' : '; nothing is left to do';
  const forPeople =
    person === 0
      ? 'nobody has to act'
      : `${counted(person, 'line')} ${person === 1 ? 'needs' : 'need'} a person, ${newOf(newPerson, person)}`;
  const byItself = nextRun === 0 ? '' : `, and ${inFull(nextRun)} ${nextRun === 1 ? 'waits' : 'wait'} for the next run`;
  return `; ${forPeople}${byItself}`;
}

function newOf(fresh: number, all: number): string {
  if (fresh === 0) return all === 1 ? 'and it is not new' : 'none of them new';
  return fresh === all ? (all === 1 ? 'and it is new' : 'all of them new') : `${inFull(fresh)} of them new`;
}

function planSentence({ calls }: Summary): string {
  const { planned } = totalCalls(calls);
  return planned === 0
    ? 'A plan alone: nothing would be sent.'
    : `A plan alone: ${counted(planned, 'call')} would be made, and nothing was sent.`;
}

const baselineSentence = ({ patients, encounters }: Summary): string =>
  `Taken as what Redox holds already: ${counted(patients.read, 'patient')} and ${counted(encounters.read, 'visit')}; nothing was sent.`;

function directorySentence(status: string, result: Sentenced['run']['directory_result']): string {
  const said = {
    accepted: "The Carequality directory took the organisation's record.",
    rejected: "The Carequality directory refused the organisation's record.",
    not_taken: "The Carequality directory certainly did not take the organisation's record.",
    ambiguous: "Nobody knows whether the Carequality directory took the organisation's record.",
  };
  if (result !== null) return said[result];
  return status === 'done'
    ? 'Nothing about the organisation was to be sent to the Carequality directory.'
    : 'Nothing about the organisation was sent to the Carequality directory.';
}

/** `a, b and c` */
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
