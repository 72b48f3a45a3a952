import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import {
  askForToken,
  json,
  post,
  privateKeys,
  send,
  sign,
  startTestStandIn,
  stranger,
  tokenOf,
  type Assertion,
} from './stand-in-client.ts';
import { newPatient } from './stand-in-messages.ts';

let now = new Date('2024-03-01T12:00:00.000Z');
let redox: StandIn;

beforeAll(async () => {
  redox = await startTestStandIn({ now: () => now, legacy: { apiKey: 'legacy', secret: 'shh' } });
});
afterAll(() => redox.close());

const seconds = (offset: number): number => Math.floor(now.getTime() / 1000) + offset;
const ask = async (assertion: Assertion): Promise<number> =>
  (await askForToken(redox.url, await sign({ now, ...assertion }))).status;

describe('the token endpoint', () => {
  it('issues a bearer token of five minutes for a signed assertion', async () => {
    const received = await askForToken(redox.url, await sign({ now }), { scope: 'fhir:development' });
    expect(received.status).toBe(200);
    expect(json(received)).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'fhir:development',
    });
  });

  it.each<[string, () => Assertion]>([
    ['an ES384 signature', () => ({ key: privateKeys.ec, header: { alg: 'ES384', kid: 'ec' } })],
    ['no typ', () => ({ header: { typ: undefined } })],
    ['its own URL as audience', () => ({ claims: { aud: `${redox.url}/v2/auth/token` } })],
    ['an iat five minutes old', () => ({ claims: { iat: seconds(-300) } })],
    ['an iat ten seconds ahead', () => ({ claims: { iat: seconds(10) } })],
    ['an exp ahead', () => ({ claims: { exp: seconds(60) } })],
  ])('accepts %s', async (_, assertion) => {
    expect(await ask(assertion())).toBe(200);
  });

  it.each<[string, () => Assertion]>([
    ['another algorithm', () => ({ key: privateKeys.rsaForRs256, header: { alg: 'RS256' } })],
    ['another typ', () => ({ header: { typ: 'at+jwt' } })],
    ['a signature of somebody else', () => ({ key: stranger })],
    ['another subject', () => ({ claims: { sub: 'someone' } })],
    ['another audience', () => ({ claims: { aud: 'https://api.redoxengine.com/auth/token' } })],
    ['a list of audiences', () => ({ claims: { aud: ['https://api.redoxengine.com/v2/auth/token'] } })],
    ['an iat older than five minutes', () => ({ claims: { iat: seconds(-301) } })],
    ['an iat more than ten seconds ahead', () => ({ claims: { iat: seconds(11) } })],
    ['no iat', () => ({ claims: { iat: undefined } })],
    ['an exp in the past', () => ({ claims: { exp: seconds(-60) } })],
    ['no jti', () => ({ claims: { jti: undefined } })],
  ])('refuses %s without a reason', async (_, assertion) => {
    const received = await askForToken(redox.url, await sign({ now, ...assertion() }));
    expect(received.status).toBe(400);
    expect(json(received)).toMatchObject({ error: 'invalid_request', error_description: '' });
  });

  it('refuses an assertion that has been used', async () => {
    const claims = { jti: randomUUID() };
    const statuses = await Promise.all([ask({ claims }), ask({ claims }), ask({ claims })]);
    expect(statuses.sort()).toEqual([200, 400, 400]);
  });

  it.each<[string, Assertion]>([
    ['kid', { header: { kid: 'unknown' } }],
    ['client', { claims: { iss: 'someone' } }],
  ])('answers 401 without a public key for the %s', async (_, assertion) => {
    const received = await askForToken(redox.url, await sign({ now, ...assertion }));
    expect(received.status).toBe(401);
    expect(json(received)).toMatchObject({
      error_description: 'Public key not found, check client_id, kid and Redox dashboard settings',
    });
  });

  it('refuses a malformed assertion', async () => {
    expect((await askForToken(redox.url, 'a.b.c')).status).toBe(400);
  });

  it('says that the kid is missing', async () => {
    const received = await askForToken(redox.url, await sign({ now, header: { kid: undefined } }));
    expect(json(received)).toMatchObject({ error_description: 'JWT header kid property is required' });
  });

  it.each([
    ['grant_type', null, 'Missing grant_type parameter'],
    ['grant_type', 'password', "The grant_type parameter should equal 'client_credentials'"],
    ['client_assertion_type', null, 'Missing client assertion type'],
    ['client_assertion_type', 'jwt', 'Invalid client assertion type'],
    ['client_assertion', null, 'Missing client assertion'],
  ])('refuses a form whose %s is %s', async (field, value, description) => {
    const received = await askForToken(redox.url, await sign({ now }), { [field]: value });
    expect(received.status).toBe(400);
    expect(json(received)).toMatchObject({ error: 'invalid_request', error_description: description });
  });

  it('refuses JSON', async () => {
    const received = await send(`${redox.url}/v2/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials' }),
    });
    expect(json(received)).toMatchObject({ error_description: 'x-www-form-urlencoded content-type required' });
  });
});

describe('a token', () => {
  it('opens the message endpoint until its lifetime is over', async () => {
    const token = await tokenOf(redox.url, { now });
    expect((await post(redox.url, token, newPatient())).status).toBe(200);
    now = new Date(now.getTime() + 299_999);
    expect((await post(redox.url, token, newPatient())).status).toBe(200);
    now = new Date(now.getTime() + 1);
    const received = await post(redox.url, token, newPatient());
    expect(received.status).toBe(401);
    expect(received.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it('is refused if it was never issued', async () => {
    expect((await post(redox.url, 'made-up', newPatient())).status).toBe(401);
    expect((await post(redox.url, '', newPatient())).status).toBe(401);
  });
});

describe('the legacy API key', () => {
  const authenticate = (path: string, body: object): Promise<Awaited<ReturnType<typeof send>>> =>
    send(`${redox.url}/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('buys a token of a day, as does its refresh token', async () => {
    const first = await authenticate('authenticate', { apiKey: 'legacy', secret: 'shh' });
    const { refreshToken, expires } = json(first) as { refreshToken: string; expires: string };
    expect(new Date(expires).getTime() - now.getTime()).toBe(86_400_000);
    const second = await authenticate('refreshToken', { apiKey: 'legacy', refreshToken });
    const { accessToken } = json(second) as { accessToken: string };
    expect((await post(redox.url, accessToken, newPatient())).status).toBe(200);
  });

  it('is refused with another secret, and not in JSON', async () => {
    const received = await authenticate('authenticate', { apiKey: 'legacy', secret: 'guess' });
    expect(received.status).toBe(401);
    expect(received.headers['content-type']).toBe('text/html; charset=utf-8');
    expect((await authenticate('refreshToken', { apiKey: 'legacy', refreshToken: 'guess' })).status).toBe(401);
  });
});
