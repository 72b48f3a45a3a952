import type { JsonValue } from '../../../json.ts';
import { textAnswer, type Answer } from './answer.ts';
import type { Counters } from '../counters.ts';
import { faultList } from '../fault/fault.ts';
import type { Misbehaviour } from '../fault/misbehaviour.ts';
import { countsOf, plainState, type State } from '../state.ts';

/** What Redox has not: a way to look inside, and to tell it to misbehave, for a stand-in in a process of its own. */

/** `GET /state`, `GET /state?counts` */
export function stateAnswer(state: State, requests: Counters, countsOnly: boolean): Answer {
  const body = countsOnly ? { ...countsOf(state), requests } : plainState(state);
  return { status: 200, headers: jsonHeaders, body: JSON.stringify(body) };
}

/** `POST /misbehave` with a list of faults; it replaces the one before. */
export function postMisbehave(body: JsonValue, misbehaviour: Misbehaviour): Answer {
  const parsed = faultList.safeParse(body);
  if (!parsed.success) return textAnswer(400, parsed.error.message);
  misbehaviour.replace(parsed.data);
  return textAnswer(204, '');
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
