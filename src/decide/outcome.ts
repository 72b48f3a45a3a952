/**
 * What one POST says about its call, and what all of them say together.
 *
 *   what came back                                            says          because
 *   ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 *   nothing, and no byte of the request had left              not_taken     no connection: refused, not found,
 *                                                                           unreachable, TLS, connect time-out
 *   nothing whole, and the request had left                   ambiguous     time-out, reset: it may have arrived
 *   2xx, readable or empty body, no Meta.Errors               accepted      Redox took it and could route it
 *   2xx with Meta.Errors                                      rejected      Redox read it and says no
 *   2xx or 4xx that speak of no subscription                  rejected      no message gets to that destination
 *   2xx, body broken off, packed or not a JSON object         ambiguous     who says that this was Redox?
 *   401                                                       not_taken     the token is at fault, not the message
 *   429                                                       not_taken     turned away at the door
 *   408                                                       ambiguous     a time-out by another name
 *   400, 403, 404, 413 and every other 4xx                    rejected      the request as it stands is at fault: the
 *                                                                           same bytes would get the same answer
 *   5xx                                                       ambiguous     it broke on the way: before or after Redox
 *                                                                           kept the message, nobody says
 *   1xx, 3xx                                                  ambiguous     Redox documents none for a POST; something
 *                                                                           in between answered. Never followed: the
 *                                                                           new place would get the token and the patient
 *
 * The status decides; the body is asked only where the status is good, and for whether it is the destination that is refused. A call whose tries run out is `unknown` if any of
 * them was ambiguous, and only otherwise `failed`. A certain answer to a later try settles the earlier ones, because every
 * try sends the same bytes.
 *
 * Sources: Redox, "Error handling and responses" (status codes; check Meta.Errors whatever the status); RFC 9110 §15.
 */

import type { Attempt, AttemptResult, Outcome } from './call.ts';
import type { JsonValue } from '../json.ts';

/** What came back from one POST. */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly retryAfter: string | null;
      /** Null where the answer broke off, was packed, or was longer than anybody will read. */
      readonly body: string | null;
    }
  | {
      readonly kind: 'unanswered';
      /** Whether a byte of the request can have left. Known from the socket, not guessed from the error. */
      readonly left: boolean;
      /** Code of the system, of TLS or of undici; `TIMEOUT` and `CUT_OFF` (a stop that could wait no longer) are our own. */
      readonly errorCode: string;
    };

interface Verdict {
  readonly result: AttemptResult;
  readonly reason: string | null;
  readonly redoxLogId: string | null;
  /** What Redox said, verbatim: it may quote the patient, so it must be masked before anybody keeps it. */
  readonly answer: string | null;
}

export function verdictOf(exchange: Exchange): Verdict {
  return exchange.kind === 'answered'
    ? verdictOfAnswer(exchange.httpStatus, exchange.body)
    : verdictOfSilence(exchange);
}

/**
 * What became of a call whose tries are over. A rejection after an ambiguous try proves nothing: Redox may reject the second
 * PatientMerge because it has taken the first.
 */
export function outcomeOf(attempts: readonly Pick<Attempt, 'result'>[]): Outcome {
  const last = attempts.at(-1)?.result;
  if (last === 'accepted') return last;
  if (last === 'rejected' && attempts.every(({ result }) => result !== 'ambiguous')) return last;
  return attempts.some(({ result }) => result === 'ambiguous') ? 'unknown' : 'failed';
}

function verdictOfAnswer(httpStatus: number, body: string | null): Verdict {
  const meta = metaOf(body);
  const answer = answerIn(meta, body);
  const redoxLogId = logIdOf(meta);
  const verdict = (result: AttemptResult, reason: string): Verdict => ({ result, reason, redoxLogId, answer });

  if (!isGood(httpStatus)) {
    const result = resultOfStatus(httpStatus);
    return verdict(
      result,
      result === 'rejected' && lacksSubscription(meta, answer) ? 'no_subscription' : `http_${httpStatus}`,
    );
  }
  if (meta === undefined) return verdict('ambiguous', 'unreadable_answer');
  if (hasErrors(meta)) return verdict('rejected', lacksSubscription(meta, answer) ? 'no_subscription' : 'meta_errors');
  return { result: 'accepted', reason: null, redoxLogId, answer: detailIn(meta) };
}

const isGood = (httpStatus: number): boolean => httpStatus >= 200 && httpStatus < 300;

function resultOfStatus(httpStatus: number): AttemptResult {
  if (httpStatus === 401 || httpStatus === 429) return 'not_taken';
  if (httpStatus === 408) return 'ambiguous';
  return httpStatus >= 400 && httpStatus < 500 ? 'rejected' : 'ambiguous';
}

function verdictOfSilence({ left, errorCode }: Exchange & { readonly kind: 'unanswered' }): Verdict {
  const reason = left ? reasonAfter(errorCode) : reasonBefore(errorCode);
  return { result: left ? 'ambiguous' : 'not_taken', reason, redoxLogId: null, answer: null };
}

function reasonBefore(errorCode: string): string {
  switch (errorCode) {
    case 'ECONNREFUSED':
      return 'connection_refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host_not_found';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'host_unreachable';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'TIMEOUT':
      return 'connect_timeout';
    case 'CUT_OFF':
      return 'cut_off';
    default:
      if (errorCode.startsWith('PROXY_')) return errorCode.toLowerCase();
      return tlsCodes.test(errorCode) ? 'tls_failed' : 'connection_failed';
  }
}

/** Codes of Node's TLS layer and of OpenSSL's certificate check (X509_V_ERR_* without the prefix). */
const tlsCodes =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA$|HOSTNAME_MISMATCH$|EPROTO$|UND_ERR_PRX_TLS$)/;

function reasonAfter(errorCode: string): string {
  switch (errorCode) {
    case 'TIMEOUT':
      return 'timeout';
    case 'CUT_OFF':
      return 'cut_off';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'connection_reset';
    default:
      return 'connection_lost';
  }
}

/** `Meta` of an answer: empty where the body is empty or has none, undefined where the body cannot be read. */
function metaOf(body: string | null): Record<string, JsonValue> | undefined {
  if (body === null) return undefined;
  if (body.trim() === '') return {};
  const answer = parsed(body);
  if (!isObject(answer)) return undefined;
  return isObject(answer['Meta']) ? answer['Meta'] : {};
}

function parsed(body: string): JsonValue {
  try {
    return isNestedTooDeep(body) ? null : (JSON.parse(body) as JsonValue);
  } catch {
    return null;
  }
}

/** Redox's own answers have some six levels. Whoever walks through thousands of them runs out of stack. */
const mostLevels = 100;

function isNestedTooDeep(json: string): boolean {
  let [levels, isText] = [0, false];
  for (let at = 0; at < json.length && levels <= mostLevels; at += 1) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') levels += 1;
    else if (character === ']' || character === '}') levels -= 1;
  }
  return levels > mostLevels;
}

/** Anything but an absent or empty `Errors` counts: an error in a shape that nobody documented is still an error. */
function hasErrors(meta: Record<string, JsonValue>): boolean {
  const errors = meta['Errors'] ?? null;
  if (Array.isArray(errors)) return errors.length > 0;
  return errors !== null && errors !== false && errors !== '';
}

/**
 * Redox says `No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions …` in the module
 * `Subscriptions`; with which status is not documented. It is about the destination, so about every message alike.
 */
function lacksSubscription(meta: Record<string, JsonValue> | undefined, answer: string | null): boolean {
  const errors = meta?.['Errors'];
  const isModule = (error: JsonValue): boolean => isObject(error) && error['Module'] === 'Subscriptions';
  return (
    (Array.isArray(errors) && (errors as readonly JsonValue[]).some(isModule)) ||
    /\bno subscriptions\b[^]{0,40}\bMeta\.Destinations\b/i.test(answer ?? '')
  );
}

function logIdOf(meta: Record<string, JsonValue> | undefined): string | null {
  const logs = meta?.['Logs'];
  const log = Array.isArray(logs) ? (logs as readonly JsonValue[])[0] : undefined;
  return idOf(log) ?? idOf(meta?.['Message']);
}

/** UUIDs today, numbers in older answers. */
function idOf(holder: JsonValue | undefined): string | null {
  const id = isObject(holder) ? holder['ID'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** The errors' texts; where there are none, the body as it came: some refusals are plain text or HTML. */
function answerIn(meta: Record<string, JsonValue> | undefined, body: string | null): string | null {
  const errors = meta?.['Errors'];
  const texts = Array.isArray(errors) ? (errors as readonly JsonValue[]).map(textOf).filter((text) => text !== '') : [];
  if (texts.length > 0) return texts.join(' · ');
  return body === null || body.trim() === '' ? null : body;
}

/** What the directory says in taking an Organization message; other answers have no such thing. */
function detailIn(meta: Record<string, JsonValue>): string | null {
  const extensions = meta['Extensions'];
  const detail = isObject(extensions) ? extensions['ResponseDetail'] : undefined;
  const text = isObject(detail) ? detail['string'] : undefined;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
}

function textOf(error: JsonValue): string {
  if (typeof error === 'string') return error;
  const text = isObject(error) ? error['Text'] : undefined;
  return typeof text === 'string' ? text : JSON.stringify(error);
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
