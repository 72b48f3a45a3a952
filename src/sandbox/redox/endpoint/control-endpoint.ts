import type { JsonValue } from '../../../json.ts';
import { textAnswer, type Answer } from './answer.ts';
import type { Counters } from '../counters.ts';
import { faultList } from '../fault/fault.ts';
import type { Misbehaviour } from '../fault/misbehaviour.ts';
import { travel, type Queues } from '../platform/queues.ts';
import { queryAnswers } from '../queries/query-answers.ts';
import { tampering } from '../queries/tampering.ts';
import type { Redox } from '../redox.ts';
import { countsOf, plainState, type State } from '../state.ts';

/** Inspects a stand-in in its own process and sets its faults. Redox has no such endpoint. */

/** `GET /state`, `GET /state?counts` */
export function stateAnswer(state: State, requests: Counters, countsOnly: boolean): Answer {
  const body = countsOnly ? { ...countsOf(state), requests } : plainState(state);
  return { status: 200, headers: jsonHeaders, body: JSON.stringify(body) };
}

/** `POST /misbehave` with a list of faults; replaces the previous list. */
export function postMisbehave(body: JsonValue, misbehaviour: Misbehaviour): Answer {
  const parsed = faultList.safeParse(body);
  if (!parsed.success) return textAnswer(400, parsed.error.message);
  misbehaviour.replace(parsed.data);
  return textAnswer(204, '');
}

/** `POST /travel`: how accepted messages travel to the repository from now on. */
export function postTravel(body: JsonValue, queues: Queues): Answer {
  const parsed = travel.safeParse(body);
  if (!parsed.success) return textAnswer(400, parsed.error.message);
  queues.set(parsed.data);
  return textAnswer(204, '');
}

/** `POST /answers`: how queries are answered from now on. */
export function postAnswers(body: JsonValue, redox: Redox): Answer {
  const parsed = queryAnswers.safeParse(body);
  if (!parsed.success) return textAnswer(400, parsed.error.message);
  redox.readBack.answers = parsed.data;
  return textAnswer(204, '');
}

/** `POST /tamper`: changes the repository without a message. */
export function postTamper(body: JsonValue, redox: Redox): Answer {
  const parsed = tampering.safeParse(body);
  if (!parsed.success) return textAnswer(400, parsed.error.message);
  redox.tamper(parsed.data);
  return textAnswer(204, '');
}

/** `POST /resume`: retries the messages that stopped their queue. */
export function postResume(queues: Queues): Answer {
  queues.resume();
  return textAnswer(204, '');
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
