import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonValue } from '../../../json.ts';
import { errorAnswer, textAnswer, type Answer, type Reply } from '../endpoint/answer.ts';
import type { Fate } from '../platform/queues.ts';
import type { Effect } from './fault.ts';
import { objectAt } from '../messages/lookup.ts';
import { tokenRefusal } from '../endpoint/token-endpoint.ts';

interface Handling {
  readonly message: JsonValue;
  readonly process: (fate?: Fate) => Answer | Promise<Answer>;
  readonly expireTokens: () => void;
}

/** The reply under an effect. An effect "after" first accepts the message, if it is valid. */
export async function faultyReply(effect: Effect, handling: Handling): Promise<Reply> {
  switch (effect.kind) {
    case 'status':
    case 'status_after':
      if (effect.kind === 'status_after') await handling.process();
      return textAnswer(effect.status, effect.body ?? '', effect.headers);
    case 'meta_errors':
      return complaint(200, handling.message, effect.text ?? 'The destination refused the message.');
    case 'echo_400':
      return complaint(400, handling.message, echoOf(handling.message, effect));
    case 'empty_200':
      return ifAccepted(await handling.process(), () => '');
    case 'unreadable_200':
      return ifAccepted(await handling.process(), (body) => body.slice(0, body.length / 2));
    case 'delay':
      await sleep(effect.ms);
      return handling.process();
    case 'hang':
      if (effect.taken === true) await handling.process();
      return 'silence';
    case 'reset_before':
      return 'reset';
    case 'reset_after':
      await handling.process();
      return 'reset';
    case 'inside':
      return handling.process(effect);
    case 'expire_tokens':
      handling.expireTokens();
      return handling.process();
    case 'refuse_token':
      return tokenRefusal({ status: effect.status ?? 400, description: effect.description ?? '' });
  }
}

const ifAccepted = (answer: Answer, change: (body: string) => string): Answer =>
  answer.status === 200 ? { ...answer, body: change(answer.body) } : answer;

const complaint = (status: number, message: JsonValue, text: string): Answer =>
  errorAnswer(status, objectAt(message, 'Meta') ?? {}, [{ text, type: 'transmission', module: 'Send' }]);

function echoOf(message: JsonValue, { of = 'patient', spell = String }: Effect & { kind: 'echo_400' }): string {
  const patient = objectAt(message, 'Patient') ?? objectAt(message, 'Header', 'Patient') ?? {};
  const repeated = leavesOf(of === 'patient' ? patient : message).map((leaf) => spell(leaf));
  return `The destination could not store the patient: ${repeated.join(', ')}`;
}

function leavesOf(value: JsonValue): readonly string[] {
  if (value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [String(value)];
}
