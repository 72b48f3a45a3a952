/**
 * Decides what one POST proves about its call, and what all attempts prove together.
 *
 *   what came back                                            proves        because
 *   ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 *   no answer, and no byte of the request had left            not_taken     no connection: refused, not found,
 *                                                                           unreachable, TLS, connect time-out
 *   no whole answer, and the request had left                 ambiguous     time-out, reset: it may have arrived
 *   2xx, readable or empty body, no Meta.Errors               accepted      Redox took it and could route it
 *   2xx with Meta.Errors                                      rejected      Redox read it and refused it
 *   2xx or 4xx that mention a missing subscription            rejected      the destination is unavailable to the key
 *   2xx, body truncated, compressed or not a JSON object      ambiguous     the answer may come from somebody else
 *   401                                                       not_taken     the token is at fault, not the message
 *   429                                                       not_taken     turned away by the rate limit
 *   408                                                       ambiguous     a time-out by another name
 *   400, 403, 404, 413 and every other 4xx                    rejected      the request is at fault: the same bytes
 *                                                                           would get the same answer
 *   5xx                                                       ambiguous     it failed before or after Redox stored
 *                                                                           the message
 *   1xx, 3xx                                                  ambiguous     Redox documents none for a POST, so a proxy
 *                                                                           answered. Redirects are never followed: the
 *                                                                           target would get the token and the patient
 *
 * The status decides. The body matters only for a 2xx, and to recognise a missing subscription. When the attempts are used up, a call
 * is `unknown` if any attempt was ambiguous, and otherwise `failed`. Every attempt sends the same bytes, so a later acceptance also
 * covers the earlier attempts.
 *
 * Sources: Redox, "Error handling and responses" (status codes; check Meta.Errors with every status); RFC 9110 §15.
 */

import type { Attempt, AttemptResult, Outcome } from './call.ts';
import { isObject, type JsonValue, objectIn } from '../json.ts';

export type Exchange =
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly retryAfter: string | null;
      /** Null where the answer was truncated, compressed or too long. */
      readonly body: string | null;
    }
  | {
      readonly kind: 'unanswered';
      /** Whether a byte of the request may have left, observed on the socket. */
      readonly left: boolean;
      /**
       * A code of the system, of TLS or of undici; `TIMEOUT` and `CUT_OFF` (the stop's grace period is over) are our
       * own.
       */
      readonly errorCode: string;
    };

interface Verdict {
  readonly result: AttemptResult;
  readonly reason: string | null;
  readonly redoxLogId: string | null;
  readonly logId: string | null;
  /** The verbatim answer. It may quote the patient, so mask it before storing it. */
  readonly answer: string | null;
}

export function verdictOf(exchange: Exchange): Verdict {
  return exchange.kind === 'answered'
    ? verdictOfAnswer(exchange.httpStatus, exchange.body)
    : verdictOfSilence(exchange);
}

/**
 * The outcome of a call with no attempts left. A rejection after an ambiguous attempt proves nothing: Redox may reject
 * the second PatientMerge because it took the first.
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
  const ids = logIdsOf(meta);
  const verdict = (result: AttemptResult, reason: string): Verdict => ({ result, reason, ...ids, answer });

  if (!isGood(httpStatus)) {
    const result = resultOfStatus(httpStatus);
    return verdict(
      result,
      result === 'rejected' && lacksSubscription(meta, answer) ? 'no_subscription' : `http_${httpStatus}`,
    );
  }
  if (meta === undefined) return verdict('ambiguous', 'unreadable_answer');
  if (hasErrors(meta)) return verdict('rejected', lacksSubscription(meta, answer) ? 'no_subscription' : 'meta_errors');
  return { result: 'accepted', reason: null, ...ids, answer: detailIn(meta) };
}

const isGood = (httpStatus: number): boolean => httpStatus >= 200 && httpStatus < 300;

function resultOfStatus(httpStatus: number): AttemptResult {
  if (httpStatus === 401 || httpStatus === 429) return 'not_taken';
  if (httpStatus === 408) return 'ambiguous';
  return httpStatus >= 400 && httpStatus < 500 ? 'rejected' : 'ambiguous';
}

function verdictOfSilence({ left, errorCode }: Exchange & { readonly kind: 'unanswered' }): Verdict {
  const reason = left ? reasonAfter(errorCode) : reasonBefore(errorCode);
  return { result: left ? 'ambiguous' : 'not_taken', reason, redoxLogId: null, logId: null, answer: null };
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

/** `Meta` of an answer: empty if the body is empty or lacks it, undefined if the body is unreadable. */
function metaOf(body: string | null): Record<string, JsonValue> | undefined {
  if (body === null) return undefined;
  if (body.trim() === '') return {};
  const answer = objectIn(body);
  if (answer === null) return undefined;
  return isObject(answer['Meta']) ? answer['Meta'] : {};
}

/** Any non-empty `Errors` counts, because an error in an undocumented shape is still an error. */
function hasErrors(meta: Record<string, JsonValue>): boolean {
  const errors = meta['Errors'] ?? null;
  if (Array.isArray(errors)) return errors.length > 0;
  return errors !== null && errors !== false && errors !== '';
}

/**
 * Redox answers `No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions …` in
 * the module `Subscriptions`, with an undocumented status. It concerns the destination, and therefore every message.
 */
function lacksSubscription(meta: Record<string, JsonValue> | undefined, answer: string | null): boolean {
  const errors = meta?.['Errors'];
  const isModule = (error: JsonValue): boolean => isObject(error) && error['Module'] === 'Subscriptions';
  return (
    (Array.isArray(errors) && (errors as readonly JsonValue[]).some(isModule)) ||
    /\bno subscriptions\b[^]{0,40}\bMeta\.Destinations\b/i.test(answer ?? '')
  );
}

function logIdsOf(meta: Record<string, JsonValue> | undefined): Pick<Verdict, 'redoxLogId' | 'logId'> {
  const logs = meta?.['Logs'];
  const logId = idOf(Array.isArray(logs) ? (logs as readonly JsonValue[])[0] : undefined);
  return { redoxLogId: logId ?? idOf(meta?.['Message']), logId };
}

/** UUIDs today, numbers in older answers. */
function idOf(holder: JsonValue | undefined): string | null {
  const id = isObject(holder) ? holder['ID'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** The texts of the errors, or else the whole body: some refusals are plain text or HTML. */
function answerIn(meta: Record<string, JsonValue> | undefined, body: string | null): string | null {
  const errors = meta?.['Errors'];
  const texts = Array.isArray(errors) ? (errors as readonly JsonValue[]).map(textOf).filter((text) => text !== '') : [];
  if (texts.length > 0) return texts.join(' · ');
  return body === null || body.trim() === '' ? null : body;
}

/** The directory's remark on an Organization message that it accepted; other answers have none. */
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
