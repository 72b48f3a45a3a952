import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject, type JsonValue } from '../../../json.ts';
import { errorAnswer, textAnswer, type Answer, type ErrorText, type Reply } from './answer.ts';
import type { RequestCounters } from '../counters.ts';
import { faultyReply } from '../fault/faulty-reply.ts';
import type { IssuedTokens } from '../issued-tokens.ts';
import { eventOf, isQuery } from '../messages/events.ts';
import { idsAt, textAt } from '../messages/lookup.ts';
import type { Misbehaviour, Subject } from '../fault/misbehaviour.ts';
import type { Fate } from '../platform/queues.ts';
import type { Redox } from '../redox.ts';
import type { RollingWindow } from '../rolling-window.ts';

interface MessageEndpointParts {
  readonly redox: Redox;
  readonly tokens: IssuedTokens;
  readonly rateWindow: RollingWindow | null;
  readonly misbehaviour: Misbehaviour;
  readonly counters: RequestCounters;
  readonly patientOid: string;
  readonly onTaken: (message: JsonObject) => void;
  readonly now: () => Date;
}

/** `POST /endpoint`: one URL for every message; `Meta` has its type. */
export class MessageEndpoint {
  readonly #parts: MessageEndpointParts;

  constructor(parts: MessageEndpointParts) {
    this.#parts = parts;
  }

  reply(headers: IncomingHttpHeaders, body: Buffer): Reply | Promise<Reply> {
    const { misbehaviour, tokens } = this.#parts;
    const message = parseJson(body);
    const process = (fate: Fate | null = null): Answer => this.#process(headers, message, fate);
    this.#count(message);
    const effect = misbehaviour.isActive ? misbehaviour.effectOn(this.#subjectOf(message ?? null)) : null;
    if (effect === null) return process();
    const expireTokens = (): void => {
      tokens.expireAll();
    };
    return faultyReply(effect, { message: message ?? null, process, expireTokens });
  }

  #process(headers: IncomingHttpHeaders, message: JsonValue | undefined, fate: Fate | null): Answer {
    const nowMs = this.#parts.now().getTime();
    if (!this.#isAuthorized(headers, nowMs)) return textAnswer(401, 'Unauthorized');
    if (this.#parts.rateWindow?.admit(nowMs) === false) return tooMany(this.#parts.rateWindow.limit);
    if (!isJson(headers)) return errorAnswer(400, {}, [malformed('Content-Type must be application/json')]);
    if (!isObject(message)) return errorAnswer(400, {}, [malformed('The body must be one JSON object in UTF-8')]);
    return this.#take(message, headers, fate);
  }

  #take(message: JsonObject, headers: IncomingHttpHeaders, fate: Fate | null): Answer {
    const source = headers['redox-source-id'];
    const answer = this.#parts.redox.take(message, typeof source === 'string' ? source : null, fate);
    if (answer.status === 200 && !isReadOnly(message)) {
      this.#parts.counters.taken(textAt(message, 'Meta', 'EventType') ?? '');
      this.#parts.onTaken(message);
    }
    return answer;
  }

  #isAuthorized(headers: IncomingHttpHeaders, nowMs: number): boolean {
    const token = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && this.#parts.tokens.holds(token, nowMs);
  }

  #count(message: JsonValue | undefined): void {
    const eventType = textAt(message ?? null, 'Meta', 'EventType');
    if (eventType !== null) this.#parts.counters.posted(eventType);
  }

  #subjectOf(message: JsonValue): Subject {
    const { patientOid } = this.#parts;
    const identifiers = [
      ['Patient', 'Identifiers'],
      ['Patient', 'PreviousIdentifiers'],
      ['Header', 'Patient', 'Identifiers'],
    ];
    return {
      endpoint: 'message',
      eventType: textAt(message, 'Meta', 'EventType'),
      patientIds: identifiers.flatMap((path) => idsAt(message, patientOid, ...path)),
      documentId: textAt(message, 'Header', 'Document', 'ID'),
    };
  }
}

function isReadOnly(message: JsonObject): boolean {
  const event = eventOf(message);
  return event !== null && isQuery(event);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined if it is not JSON. */
export function parseJson(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(utf8.decode(body)) as JsonValue;
  } catch {
    return undefined;
  }
}

export const isJson = (headers: IncomingHttpHeaders): boolean =>
  /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');

const malformed = (text: string): ErrorText => ({ text, type: 'message', module: 'DataModels' });

/** Redox documents this header and no `Retry-After`. */
const tooMany = (limit: number): Answer => textAnswer(429, 'Too Many Requests', { 'x-ratelimit-limit': String(limit) });
