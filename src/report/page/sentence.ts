/** The headline: the first sentence that people read in the morning, and often the only one. */
import { eventTypes, type EventType } from '../../decide/call.ts';
import { counted, inFull } from '../../plain-text.ts';
import { leftOutOf } from '../text/source-summary.ts';
import { type AuditSummary, describeAudit } from '../text/audit.ts';
import { type Summary, totalCalls } from '../summary.ts';
import type { PageFacts } from './facts.ts';
import { type OpenCounts, openCounts } from './open-counts.ts';
import { siteClock } from './chart/site-clock.ts';

/** Ends with a full stop. */
export function sentenceOf({ summary, run, openLines, knownSince, timeZone }: Sentenced): string {
  const { job, status } = summary;
  if (job === 'organization') return directorySentence(status, run.directory_result);
  if (status === 'running') return `This ${nounOf(summary)} is still going${soFar(summary, '', ', and Redox has')}.`;
  if (status === 'refused') return `This ${nounOf(summary)} was refused${soFar(summary, ', and nothing was sent')}.`;
  if (status === 'failed') return `This ${nounOf(summary)} failed${soFar(summary, ' before anything was sent')}.`;
  if (status === 'interrupted') return `This ${nounOf(summary)} died under way${soFar(summary)}; the next one goes on.`;
  if (status === 'stopped' && summary.audit !== undefined) return stoppedAudit(summary.audit);
  if (status === 'stopped') return `This ${nounOf(summary)} was stopped early${soFar(summary)}; the next one goes on.`;
  const since = knownSince === null ? null : siteClock(timeZone).date(knownSince);
  if (run.plan_only) return planSentence(summary, run.refusal, openCounts(openLines), since);
  if (job === 'baseline') return baselineSentence(summary);
  if (summary.audit !== undefined) return `${describeAudit(summary.audit)}.`;
  const isQuiet = totalCalls(summary.calls).planned === 0;
  return `${whatWasSent(summary)}${whatIsMissing(summary)}${whatIsLeft(openCounts(openLines), isQuiet, since)}.`;
}

/** A sample that was stopped is a smaller sample; the next one draws other patients. */
const stoppedAudit = (audit: AuditSummary): string =>
  `This audit was stopped early: ${describeAudit(audit)}${audit.scope === 'all' ? '; the next one goes on' : ''}.`;

/** Names the unread part of an extract, so that the night is never mistaken for a quiet one. */
function whatIsMissing({ source }: Summary): string {
  const left = leftOutOf(source);
  return left === 0 ? '' : `; ${counted(left, 'line')} of the extract ${left === 1 ? 'was' : 'were'} left out`;
}

type Sentenced = Pick<PageFacts, 'summary' | 'run' | 'openLines' | 'knownSince' | 'timeZone'>;

const nounOf = ({ job }: Summary): string => (job === 'nightly' ? 'night' : `run of ${job}`);

function soFar({ calls }: Summary, withoutCalls = '', withCalls = ' when Redox had'): string {
  const { planned, accepted } = totalCalls(calls);
  if (planned === 0) return withoutCalls;
  return `${withCalls} accepted ${accepted === planned ? 'all' : inFull(accepted)} of ${counted(planned, 'planned call')}`;
}

function whatWasSent(summary: Summary): string {
  const { calls, patients, encounters } = summary;
  const { planned, accepted } = totalCalls(calls);
  if (!readsRows(summary)) {
    if (planned === 0)
      return summary.mode === 'open' ? 'Nothing was owed to Redox' : `The run of ${summary.job} is done`;
  } else if (planned === 0) {
    const compared = `${counted(patients.read, 'patient')} and ${counted(encounters.read, 'visit')} compared`;
    if (leftOutOf(summary.source) > 0) return `Nothing to send from the readable lines: ${compared}`;
    return `${summary.job === 'nightly' ? 'A quiet night' : 'A quiet run'}: ${compared}, nothing to send`;
  }
  const sentCalls = listed(
    eventTypes.filter((event) => calls[event].accepted > 0).map((event) => sentAs(event, summary)),
  );
  if (isFirstLoad(summary)) return `The first load: Redox accepted ${sentCalls === '' ? 'nothing yet' : sentCalls}`;
  return accepted === 0 ? noneOf(summary) : `Redox accepted ${sentCalls}`;
}

function noneOf({ calls }: Summary): string {
  const { planned, unneeded, superseded } = totalCalls(calls);
  const all = counted(planned, 'planned call');
  return unneeded + superseded === planned ? `Of ${all} none was needed in the end` : `Redox accepted none of ${all}`;
}

const readsRows = ({ patients, merges, encounters }: Summary): boolean =>
  patients.read + merges.read + encounters.read > 0;

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

const sentAs = (event: EventType, { calls }: Summary): string => counted(calls[event].accepted, nouns[event]);

/** `since`: the date of the oldest earlier line; null if all are new. */
function whatIsLeft({ person, newPerson, nextRun }: OpenCounts, isQuiet: boolean, since: string | null): string {
  if (person === 0 && nextRun === 0) return isQuiet ? '' : '; nothing is left to do';
  const forPeople = person === 0 ? 'nothing needs a person' : needPerson(person, newPerson, since);
  const byItself = nextRun === 0 ? '' : `, and ${inFull(nextRun)} ${nextRun === 1 ? 'waits' : 'wait'} for the next run`;
  return `; ${forPeople}${byItself}`;
}

/** `3 lines need a person, 1 of them new`; if all are old, the date of the oldest. */
const needPerson = (person: number, fresh: number, since: string | null): string =>
  `${counted(person, 'line')} ${person === 1 ? 'needs' : 'need'} a person, ${newOf(fresh, person, since)}`;

function newOf(fresh: number, all: number, since: string | null): string {
  if (all === 1) return fresh === 1 ? 'and it is new' : since === null ? 'and it is not new' : `known since ${since}`;
  const known = since === null ? '' : `, the oldest known since ${since}`;
  return `${fresh === 0 ? 'none' : fresh === all ? 'all' : inFull(fresh)} of them new${known}`;
}

function planSentence(
  { calls }: Summary,
  refusal: string | null,
  { person, newPerson }: OpenCounts,
  since: string | null,
): string {
  const events = eventTypes.filter((event) => calls[event].planned > 0);
  const people = person === 0 ? '' : `; ${needPerson(person, newPerson, since)}`;
  if (events.length === 0) {
    return `A plan alone: nothing would be sent${refusal === null ? '' : ', and the guard refuses it'}${people}.`;
  }
  const sentCalls = listed(events.map((event) => counted(calls[event].planned, nouns[event])));
  const sent = refusal === null ? 'would be sent, and nothing was sent yet' : 'would be sent, but the guard refuses it';
  return `A plan alone: ${sentCalls} ${sent}${people}.`;
}

/** A baseline compares nothing, so its sentence has counts of its own. */
function baselineSentence({ patients, encounters }: Summary): string {
  if (patients.read + encounters.read === 0) {
    return 'The ledger now assumes that Redox has what the EHR has; nothing was sent.';
  }
  return `Recorded as already at Redox: ${counted(patients.read, 'patient')} and ${counted(encounters.read, 'visit')}; nothing was sent.`;
}

function directorySentence(status: string, result: Sentenced['run']['directory_result']): string {
  const sentence = {
    accepted: "The Carequality directory accepted the organisation's record.",
    rejected: "The Carequality directory rejected the organisation's record.",
    not_taken: "The Carequality directory certainly did not receive the organisation's record.",
    ambiguous: "It is unknown whether the Carequality directory accepted the organisation's record.",
  };
  if (result !== null) return sentence[result];
  return status === 'done'
    ? 'Nothing about the organisation was to be sent to the Carequality directory.'
    : 'Nothing about the organisation was sent to the Carequality directory.';
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
