import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Fault, NeighbourFault, UsageFault } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import {
  credentials,
  deliver,
  echo,
  grant,
  hang,
  message,
  openClient,
  patientValues,
  pemOf,
  reset,
  rsa,
  say,
  smallServer,
  type Answer,
} from './redox-client-server.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const withKey = (privateKey: string) => ({ credentials: { ...credentials, privateKey: new Secret(privateKey) } });
const refuse = (description: string): Answer =>
  say(400, JSON.stringify({ error: 'invalid_request', error_description: description, error_uri: 'https://x' }));

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('there was no fault');
}

describe('the assertion', () => {
  test('names issuer, audience, issue time and lifetime in a form', async () => {
    const server = await smallServer();
    await deliver(openClient(server.url));
    const [assertion] = server.assertions;
    const { iat = 0, exp = 0, jti, ...claims } = assertion?.payload ?? {};
    expect(assertion?.header).toEqual({ alg: 'RS384', kid: 'key-1', typ: 'JWT' });
    expect(claims).toEqual({ iss: 'client-1', sub: 'client-1', aud: `${server.url}/v2/auth/token` });
    expect(Math.abs(iat - Date.now() / 1_000)).toBeLessThan(5);
    expect(exp - iat).toBe(300);
    expect(jti).toMatch(/^[\da-f-]{36}$/);
    expect([...(assertion?.form.keys() ?? [])]).toEqual(['grant_type', 'client_assertion_type', 'client_assertion']);
    expect(assertion?.form.get('grant_type')).toBe('client_credentials');
  });

  test('is new for every request', async () => {
    const server = await smallServer({ tokenAnswers: [say(503, ''), say(503, '')] });
    await deliver(openClient(server.url));
    expect(new Set(server.assertions.map(({ payload }) => payload.jti)).size).toBe(3);
  });

  test.each([
    ['a PEM', pemOf(rsa.privateKey), rsa.publicKey, 'RS384'],
    ['a PEM on one line', pemOf(rsa.privateKey).replaceAll('\n', '\\n'), rsa.publicKey, 'RS384'],
    ['a JWK', JSON.stringify(rsa.privateKey.export({ format: 'jwk' })), rsa.publicKey, 'RS384'],
    ['an EC key as PEM', pemOf(ec.privateKey), ec.publicKey, 'ES384'],
    ['an EC key as JWK', JSON.stringify(ec.privateKey.export({ format: 'jwk' })), ec.publicKey, 'ES384'],
  ])('is signed with %s', async (_, privateKey, publicKey, alg) => {
    const server = await smallServer({ publicKey });
    await deliver(openClient(server.url, withKey(privateKey)));
    expect(server.assertions[0]?.header.alg).toBe(alg);
  });
});

describe('an unusable key is found at the start', () => {
  const secretPart = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const encrypted = rsa.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();

  test.each([
    ['nonsense', secretPart, /cannot be read\. It must be/],
    [
      'a PEM that is damaged',
      `-----BEGIN PRIVATE KEY-----\n${secretPart}\n-----END PRIVATE KEY-----`,
      /cannot be read/,
    ],
    ['JSON that is damaged', `{"kty":"RSA","d":"${secretPart}"`, /cannot be read/],
    ['a JWK without its parts', `{"kty":"RSA","d":"${secretPart}"}`, /cannot be read/],
    ['a key set', `{"keys":[{"kty":"RSA","d":"${secretPart}"}]}`, /it is a key set/],
    ['an encrypted key', encrypted, /encrypted with a passphrase/],
    ['a small RSA key', pemOf(small), /1024 bits/],
    ['an EC key on another curve', pemOf(p256), /P-384/],
  ])('%s', (_, privateKey, sentence) => {
    const open = (): unknown => openClient('http://127.0.0.1:1', withKey(privateKey));
    expect(open).toThrow(UsageFault);
    expect(open).toThrow(sentence);
    expect(open).not.toThrow(secretPart);
  });

  test('a public key', () => {
    expect(() => openClient('http://127.0.0.1:1', withKey(publicPem))).toThrow(/it is a public key/);
  });
});

describe('one token for everybody', () => {
  test('fifty calls at once ask for one token', async () => {
    const server = await smallServer();
    const client = openClient(server.url);
    await Promise.all(Array.from({ length: 50 }, () => deliver(client)));
    expect(server.assertions).toHaveLength(1);
    expect(server.bodies).toHaveLength(50);
  });

  test('renews the token after four fifths of its life', async () => {
    const server = await smallServer({ tokenAnswers: [grant(1_000)] });
    const client = openClient(server.url);
    let laterMs = 0;
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + laterMs);
    onTestFinished(() => {
      clock.mockRestore();
    });
    for (laterMs of [0, 700_000, 801_000]) await deliver(client);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('a 401 renews it once for everybody, and resends at once', async () => {
    const onlyTheSecond: Answer = (request, ...rest) => {
      const isGood = request.headers.authorization === 'Bearer token-2';
      (isGood ? say(200, echo) : say(401, 'Unauthorized'))(request, ...rest);
    };
    const server = await smallServer({ answers: [onlyTheSecond] });
    const client = openClient(server.url, { concurrency: 20, retry: { baseMs: 60_000 } });
    const deliveries = await Promise.all(Array.from({ length: 20 }, () => deliver(client)));
    for (const { outcome, attempts } of deliveries) {
      expect(outcome).toBe('accepted');
      expect(attempts.map(({ httpStatus }) => httpStatus).slice(-2)).toEqual([401, 200]);
    }
    expect(server.assertions).toHaveLength(2);
  });

  test('a second 401 fails its call and keeps the new token', async () => {
    const server = await smallServer({ answers: [say(401, ''), say(401, ''), say(200, echo)] });
    const client = openClient(server.url, { retry: { attempts: 5 } });
    const delivery = await deliver(client);
    expect(delivery.outcome).toBe('failed');
    expect(delivery.attempts.map(({ reason }) => reason)).toEqual(['http_401', 'http_401']);
    await deliver(client);
    expect(server.assertions).toHaveLength(2);
  });
});

describe('without a token', () => {
  test.each<[string, Answer]>([
    ['a 503', say(503, '')],
    ['a 429', say(429, '')],
    ['a reset', reset],
    ['a page that is not Redox’s', say(200, '<html>')],
  ])('%s is tried again', async (_, answer) => {
    const server = await smallServer({ tokenAnswers: [answer, answer] });
    expect((await deliver(openClient(server.url))).outcome).toBe('accepted');
    expect(server.assertions).toHaveLength(3);
  });

  test.each<[string, Answer, RegExp]>([
    ['a 503', say(503, ''), /3 tries\): HTTP 503\. Redox is out of order/],
    ['a 429', say(429, ''), /HTTP 429.*RATE_LIMIT/],
    ['silence', hang, /timeout.*HTTPS_PROXY/],
    ['a page that is not Redox’s', say(200, '<html>'), /holds no token.*REDOX_BASE_URL/],
  ])('%s that stays is a fault with a remedy', async (_, answer, sentence) => {
    const server = await smallServer({ tokenAnswers: [answer, answer, answer] });
    const fault = await faultOf(openClient(server.url, { callTimeoutMs: 100 }).send(message));
    expect(fault).toBeInstanceOf(NeighbourFault);
    expect(fault.message).toMatch(sentence);
    expect(server.bodies).toEqual([]);
  });

  test('nobody listens', async () => {
    const server = await smallServer();
    server.stop();
    const fault = await faultOf(openClient(server.url).send(message));
    expect(fault.message).toMatch(/connection_refused \(ECONNREFUSED\)/);
  });

  test.each([
    ['', /clock.*REDOX_PRIVATE_KEY belongs to REDOX_KEY_ID/],
    ['x-www-form-urlencoded content-type required', /something between/],
    ['Missing grant_type parameter', /something between/],
    ["The grant_type parameter should equal 'client_credentials'", /something between/],
    ['Missing client assertion type', /something between/],
    ['Invalid client assertion type', /something between/],
    ['Missing client assertion', /something between/],
    ['JWT header kid property is required', /Set REDOX_KEY_ID/],
    ['Public key not found, check client_id, kid and Redox dashboard settings', /REDOX_CLIENT_ID and REDOX_KEY_ID/],
    ['Something unknown went wrong', /REDOX_CLIENT_ID/],
  ])("Redox's “%s” is final and says what to do", async (description, remedy) => {
    const server = await smallServer({ tokenAnswers: [refuse(description)] });
    const fault = await faultOf(openClient(server.url).send(message));
    expect(fault).toBeInstanceOf(NeighbourFault);
    expect(fault.message).toContain(`“invalid_request${description === '' ? '' : `, ${description}`}”`);
    expect(fault.message).toMatch(remedy);
    expect(server.assertions).toHaveLength(1);
  });

  test('a call keeps its earlier tries when its next token fails', async () => {
    const server = await smallServer({ answers: [say(401, '')], tokenAnswers: [grant(), refuse('')] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery).toMatchObject({ outcome: 'failed', attempts: [{ httpStatus: 401 }] });
  });

  test('a stop while waiting for a token puts the call back', async () => {
    const stop = new AbortController();
    const server = await smallServer({ tokenAnswers: [say(503, '')] });
    const sent = openClient(server.url, { signal: stop.signal, retry: { baseMs: 60_000, capMs: 60_000 } }).send(
      message,
    );
    while (server.assertions.length === 0) await sleep(5);
    await sleep(20);
    stop.abort(new Error('SIGTERM'));
    expect(await sent).toBe('not_started');
  });

  test('the fault hides secrets and patients, even quoted ones', async () => {
    const quote: Answer = (request, response, number) => {
      const assertion = server.assertions.at(-1)?.form.get('client_assertion') ?? '';
      refuse(`bad assertion ${assertion} by ${pemOf(rsa.privateKey)}`)(request, response, number);
    };
    const server = await smallServer({ tokenAnswers: [quote] });
    const fault = await faultOf(openClient(server.url).send(message));
    expect(fault.message).toContain('bad assertion ***”');
    // Its port may have any digits.
    expect(fault.message.replaceAll(server.url, '')).not.toMatch(patientValues);
    expect(fault.message).not.toMatch(/eyJ|MII|KEY---|\n/);
  });
});
