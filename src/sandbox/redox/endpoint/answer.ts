import type { JsonObject, JsonValue } from '../../../json.ts';
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The fate of a request: an answer, silence, or a broken connection. */
export type Reply = Answer | 'silence' | 'reset';

export function jsonAnswer(status: number, body: JsonValue, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** Redox's recorded answer to a bad token was not JSON, so a client must not rely on JSON. */
export function textAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}

/** An element of `Meta.Errors` without its number. */
export interface ErrorText {
  readonly text: string;
  readonly type: 'message' | 'transmission' | 'query';
  readonly module: 'DataModels' | 'Subscriptions' | 'Send';
}

/** A refusal, also with status 200: the message's `Meta` with `Errors`. */
export function errorAnswer(status: number, meta: JsonObject, errors: readonly ErrorText[]): Answer {
  const Errors = errors.map(({ text, type, module }) => ({
    ID: nextErrorNumber(),
    Text: text,
    Type: type,
    Module: module,
  }));
  return jsonAnswer(status, { Meta: { ...echo(meta), Errors } });
}

/** The part of `Meta` that every answer repeats. */
export function echo(meta: JsonObject): JsonObject {
  const kept = ['DataModel', 'EventType', 'Source', 'Destinations'];
  return Object.fromEntries(Object.entries(meta).filter(([key]) => kept.includes(key)));
}

/** For a destination, or a data model of a destination, that the source has no subscription of. */
export const noSubscription: ErrorText = {
  text: 'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions https://dashboard.redoxengine.com/',
  type: 'message',
  module: 'Subscriptions',
};

let lastErrorNumber = 0;
const nextErrorNumber = (): number => (lastErrorNumber += 1);
