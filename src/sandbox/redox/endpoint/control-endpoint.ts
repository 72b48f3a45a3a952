import * as z from 'zod';
import type { JsonValue } from '../../../json.ts';
import { textAnswer, type Answer } from './answer.ts';
import type { Counters } from '../counters.ts';
import { faultList } from '../fault/fault.ts';
import type { Misbehaviour } from '../fault/misbehaviour.ts';
import { travel } from '../platform/queues.ts';
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

interface Controlled {
  readonly redox: Redox;
  readonly misbehaviour: Misbehaviour;
}

const controls: Readonly<Record<string, (body: JsonValue, controlled: Controlled) => void>> = {
  '/misbehave': (body, { misbehaviour }) => {
    misbehaviour.replace(faultList.parse(body));
  },
  '/travel': (body, { redox }) => {
    redox.queues.set(travel.parse(body));
  },
  '/answers': (body, { redox }) => {
    redox.readBack.answers = queryAnswers.parse(body);
  },
  '/tamper': (body, { redox }) => {
    redox.tamper(tampering.parse(body));
  },
  '/resume': (_, { redox }) => {
    redox.queues.resume();
  },
};

/** `POST` of these paths, each as the method of the same name of `StandIn`; null for another path. */
export function controlAnswer(path: string, body: JsonValue, controlled: Controlled): Answer | null {
  const control = controls[path];
  if (control === undefined) return null;
  try {
    control(body, controlled);
    return textAnswer(204, '');
  } catch (error) {
    if (error instanceof z.ZodError) return textAnswer(400, error.message);
    throw error;
  }
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
