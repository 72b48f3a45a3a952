import { describe, expect, test } from 'vitest';
import type { AttemptResult, Outcome } from '../../../src/decide/call.ts';
import { verdictOf, outcomeOf, type Exchange } from '../../../src/decide/outcome.ts';

const echo = JSON.stringify({ Meta: { DataModel: 'PatientAdmin', EventType: 'NewPatient' } });
const refusal = JSON.stringify({ Meta: { Errors: [{ ID: 1, Text: 'Required field missing', Type: 'message' }] } });

const answered = (httpStatus: number, body: string | null = echo): Exchange => ({
  kind: 'answered',
  httpStatus,
  retryAfter: null,
  body,
});
const unanswered = (errorCode: string, left: boolean): Exchange => ({ kind: 'unanswered', left, errorCode });

describe('a status code belongs to exactly one class', () => {
  const classes: Record<AttemptResult, readonly number[]> = {
    accepted: [200, 201, 202, 204],
    rejected: [400, 402, 403, 404, 405, 407, 409, 413, 415, 422],
    not_taken: [401, 429],
    ambiguous: [100, 301, 302, 303, 307, 308, 408, 500, 501, 502, 503, 504],
  };
  const table = Object.entries(classes).flatMap(([result, codes]) => codes.map((code) => [code, result] as const));

  test.each(table)('%i is %s', (code, result) => {
    expect(verdictOf(answered(code)).result).toBe(result);
  });

  test('every status code has a class', () => {
    for (let code = 100; code < 600; code += 1) {
      expect(Object.keys(classes)).toContain(verdictOf(answered(code)).result);
    }
  });

  test.each(table.filter(([, result]) => result !== 'accepted'))(
    '%i stays %s with any body or none',
    (code, result) => {
      for (const body of [null, '', '<html>', refusal]) expect(verdictOf(answered(code, body)).result).toBe(result);
      expect(verdictOf(answered(code)).reason).toBe(`http_${code}`);
    },
  );
});

describe('a missing subscription to the destination is its own reason', () => {
  const text = 'No subscriptions. Meta.Destinations needs to contain a destination from existing subscriptions <url>';
  const error = (one: object): string => JSON.stringify({ Meta: { Errors: [one] } });

  test.each([
    ['a 400', answered(400, error({ Text: text }))],
    ['a 400 of another shape', answered(400, JSON.stringify({ message: text }))],
    ['a 403', answered(403, text)],
    ['a 200', answered(200, error({ Text: text }))],
    ['a 200 that names the module', answered(200, error({ Text: 'No.', Module: 'Subscriptions' }))],
  ])('in %s', (_, exchange) => {
    expect(verdictOf(exchange)).toMatchObject({ result: 'rejected', reason: 'no_subscription' });
  });

  test('and a text that only mentions subscriptions is another', () => {
    expect(verdictOf(answered(400, error({ Text: 'Reason: no subscriptions left' }))).reason).toBe('http_400');
    expect(verdictOf(answered(503, text))).toMatchObject({ result: 'ambiguous', reason: 'http_503' });
  });
});

describe('a good status counts only with its body', () => {
  test.each([
    ['an echo of Meta', echo],
    ['an empty body', ''],
    ['blanks', ' \r\n'],
    ['an object without Meta', '{}'],
    ['an empty list of errors', '{"Meta":{"Errors":[]}}'],
    ['errors that are null', '{"Meta":{"Errors":null}}'],
  ])('%s is accepted', (_, body) => {
    expect(verdictOf(answered(200, body))).toMatchObject({ result: 'accepted', reason: null, answer: null });
  });

  test.each([
    ['HTML', '<html>Please log in</html>'],
    ['JSON that broke off', '{"Meta":{"DataModel":"Pat'],
    ['a body that broke off', null],
    ['a string', '"OK"'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s leaves open whether Redox has it', (_, body) => {
    expect(verdictOf(answered(200, body))).toMatchObject({ result: 'ambiguous', reason: 'unreadable_answer' });
  });

  test.each([
    ['a list', refusal, 'Required field missing'],
    ['an object nobody documented', '{"Meta":{"Errors":{"Text":"no"}}}', '{"Meta":{"Errors":{"Text":"no"}}}'],
    ['a string in the list', '{"Meta":{"Errors":["no","nor this"]}}', 'no · nor this'],
    ['an error without a text', '{"Meta":{"Errors":[{"ID":7}]}}', '{"ID":7}'],
  ])('Meta.Errors as %s is a rejection with its reason', (_, body, answer) => {
    expect(verdictOf(answered(200, body))).toMatchObject({ result: 'rejected', reason: 'meta_errors', answer });
  });
});

test.each([
  ['the first log', { Logs: [{ ID: 'log-1' }, { ID: 'log-2' }], Message: { ID: 5 } }, 'log-1'],
  ['a number in an older answer', { Logs: [{ ID: 17 }] }, '17'],
  ['the message where there is no log', { Message: { ID: 5 } }, '5'],
  ['nothing where there is neither', {}, null],
  ['nothing in a shape nobody documented', { Logs: 'none', Message: [1] }, null],
])("finds the log inspector's id: %s", (_, meta, id) => {
  expect(verdictOf(answered(200, JSON.stringify({ Meta: meta }))).redoxLogId).toBe(id);
  expect(verdictOf(answered(400, JSON.stringify({ Meta: meta }))).redoxLogId).toBe(id);
});

test("keeps the directory's text on taking a record", () => {
  const body = '{"Meta":{"Message":{"ID":7},"Extensions":{"ResponseDetail":{"string":"Added."}}}}';
  expect(verdictOf(answered(200, body))).toEqual({
    result: 'accepted',
    reason: null,
    redoxLogId: '7',
    logId: null,
    answer: 'Added.',
  });
});

test('keeps a refusal that is not JSON unchanged', () => {
  expect(verdictOf(answered(401, 'Unauthorized')).answer).toBe('Unauthorized');
});

describe('without an answer, only the begin of the request matters', () => {
  const before = [
    ['ECONNREFUSED', 'connection_refused'],
    ['ENOTFOUND', 'host_not_found'],
    ['EAI_AGAIN', 'host_not_found'],
    ['ENETUNREACH', 'host_unreachable'],
    ['EHOSTUNREACH', 'host_unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
    ['ETIMEDOUT', 'connect_timeout'],
    ['TIMEOUT', 'connect_timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
    ['CERT_HAS_EXPIRED', 'tls_failed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_failed'],
    ['PROXY_407', 'proxy_407'],
    ['ECONNRESET', 'connection_failed'],
    ['SOMETHING_NEW', 'connection_failed'],
  ] as const;
  const after = [
    ['TIMEOUT', 'timeout'],
    ['ECONNRESET', 'connection_reset'],
    ['EPIPE', 'connection_reset'],
    ['UND_ERR_SOCKET', 'connection_reset'],
    ['HPE_INVALID_CONSTANT', 'connection_lost'],
    ['SOMETHING_NEW', 'connection_lost'],
  ] as const;

  test.each(before)('%s before it left: certainly not taken (%s)', (code, reason) => {
    expect(verdictOf(unanswered(code, false))).toMatchObject({ result: 'not_taken', reason });
  });

  test.each(after)('%s after it left: unknown (%s)', (code, reason) => {
    expect(verdictOf(unanswered(code, true))).toMatchObject({ result: 'ambiguous', reason });
  });

  test('each reason belongs to one of the two', () => {
    const words = new Set<string>(before.map(([, reason]) => reason));
    for (const [, reason] of after) expect(words).not.toContain(reason);
  });
});

test.each<[AttemptResult[], Outcome]>([
  [['accepted'], 'accepted'],
  [['rejected'], 'rejected'],
  [['not_taken'], 'failed'],
  [['not_taken', 'not_taken'], 'failed'],
  [['ambiguous'], 'unknown'],
  [['ambiguous', 'not_taken'], 'unknown'],
  [['not_taken', 'ambiguous', 'not_taken'], 'unknown'],
  [['ambiguous', 'accepted'], 'accepted'],
  [['ambiguous', 'rejected'], 'unknown'],
  [['not_taken', 'rejected'], 'rejected'],
  [['not_taken', 'accepted'], 'accepted'],
])('tries that were %j make a call that is %s', (results, outcome) => {
  expect(outcomeOf(results.map((result) => ({ result })))).toBe(outcome);
});
