import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NeighbourFault } from '../../../src/fault.ts';
import type { Exchange } from '../../../src/decide/outcome.ts';
import { defaultRetryPolicy } from '../../../src/decide/redox/failure.ts';
import { Secret } from '../../../src/secret.ts';
import { openLegacyTokens } from '../../../src/redox/token/legacy-token.ts';
import type { Tokens } from '../../../src/redox/token/token.ts';

const hourMs = 3_600_000;
const credentials = { kind: 'legacy', apiKey: 'key-1', apiSecret: new Secret('hush') } as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const answered = (httpStatus: number, body: string): Exchange => ({
  kind: 'answered',
  httpStatus,
  retryAfter: null,
  body,
});

/** A token of a day, as Redox's clock sees it. */
const granted = (accessToken: string, expires: string = new Date(Date.now() + 24 * hourMs).toISOString()): Exchange =>
  answered(200, JSON.stringify({ accessToken, expires, refreshToken: `refresh-${accessToken}` }));

interface Asked {
  readonly tokens: Tokens;
  /** What was asked for, in order. */
  readonly requests: readonly { readonly path: string; readonly body: unknown }[];
}

/** Answers one after the other, each made when its turn comes. */
function open(...answers: readonly (() => Exchange)[]): Asked {
  const requests: { path: string; body: unknown }[] = [];
  const postJson = (path: string, body: string): Promise<Exchange> => {
    const answer = answers[requests.length];
    requests.push({ path, body: JSON.parse(body) });
    return answer === undefined ? Promise.reject(new Error('one request too many')) : Promise.resolve(answer());
  };
  const tokens = openLegacyTokens({
    baseUrl: 'https://redox.example',
    credentials,
    postJson,
    retry: { ...defaultRetryPolicy, attempts: 2, baseMs: 1 },
    signal: new AbortController().signal,
  });
  return { tokens, requests };
}

const authenticate = { path: '/auth/authenticate', body: { apiKey: 'key-1', secret: 'hush' } };
const refreshOf = (token: string): object => ({
  path: '/auth/refreshToken',
  body: { apiKey: 'key-1', refreshToken: `refresh-${token}` },
});

test('many callers share one request in flight', async () => {
  const { tokens, requests } = open(() => granted('a'));
  expect(await Promise.all([tokens.current(), tokens.current(), tokens.current()])).toEqual(['a', 'a', 'a']);
  expect(requests).toEqual([authenticate]);
});

test('a token serves most of its day, then is refreshed', async () => {
  const { tokens, requests } = open(
    () => granted('a'),
    () => granted('b'),
  );
  await tokens.current();
  vi.advanceTimersByTime(19 * hourMs);
  expect(await tokens.current()).toBe('a');
  vi.advanceTimersByTime(hourMs);
  expect(await tokens.current()).toBe('b');
  expect(requests).toEqual([authenticate, refreshOf('a')]);
});

test.each([
  ['is refused', () => answered(401, 'Unauthorized')],
  ['grants nothing', () => answered(200, '<html>')],
  ['is not answered', (): Exchange => ({ kind: 'unanswered', left: true, errorCode: 'ECONNRESET' })],
])('a new token is requested when refreshing %s', async (_, answer) => {
  const { tokens, requests } = open(
    () => granted('a'),
    answer,
    () => granted('b'),
  );
  await tokens.current();
  vi.advanceTimersByTime(20 * hourMs);
  expect(await tokens.current()).toBe('b');
  expect(requests).toEqual([authenticate, refreshOf('a'), authenticate]);
});

test('a token that Redox refuses is replaced, not refreshed', async () => {
  const { tokens, requests } = open(
    () => granted('a'),
    () => granted('b'),
  );
  tokens.invalidate(await tokens.current());
  expect(await tokens.current()).toBe('b');
  expect(requests).toEqual([authenticate, authenticate]);
});

test.each([
  ['set back', '2001-01-01T00:00:00.000Z'],
  ['set ahead', '2999-01-01T00:00:00.000Z'],
  ['no time at all', 'soon'],
])('an end that is %s by our clock counts as the documented day', async (_, expires) => {
  const { tokens, requests } = open(() => granted('a', expires));
  await tokens.current();
  vi.advanceTimersByTime(19 * hourMs);
  expect(await tokens.current()).toBe('a');
  expect(requests).toHaveLength(1);
});

test('an end before the documented one counts', async () => {
  const { tokens, requests } = open(
    () => granted('a', new Date(Date.now() + hourMs).toISOString()),
    () => granted('b'),
  );
  await tokens.current();
  vi.advanceTimersByTime(50 * 60_000);
  expect(await tokens.current()).toBe('b');
  expect(requests).toHaveLength(2);
});

test('a wrong secret is final, with a remedy and without the secret', async () => {
  const { tokens, requests } = open(() => answered(401, 'Unauthorized'));
  const fault = await tokens.current().catch((error: unknown) => error as Error);
  expect(fault).toBeInstanceOf(NeighbourFault);
  expect(String(fault)).toMatch(
    /POST https:\/\/redox\.example\/auth\/authenticate\): HTTP 401, “Unauthorized”\. Check that REDOX_API_KEY and REDOX_API_SECRET/,
  );
  expect(String(fault)).not.toContain('hush');
  expect(requests).toHaveLength(1);
});
