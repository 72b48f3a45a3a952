import { setImmediate as immediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ping, postJson } from '../../../src/health/alert/post.ts';
import type { Attempt } from '../../../src/decide/call.ts';
import { Secret } from '../../../src/secret.ts';
import { http, rawServer, type RawRequest } from '../support/raw-server.ts';
import { echo, message, openClient, patientValues } from './redox-client-server.ts';

const ok = http('200 OK', echo);
const deep = (open: string, close: string): string => `${open.repeat(30_000)}1${close.repeat(30_000)}`;
const errors = (text: string): string => `{"Meta":{"Errors":[${text}]}}`;
const chunked = (body: string, end = '0\r\n\r\n'): string =>
  `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n${end}`;

/** Answers this and says no more. */
const says =
  (...texts: readonly (string | Buffer)[]) =>
  ({ socket }: RawRequest): void => {
    for (const text of texts) socket.write(text);
  };
/** Answers this, and closes the connection. */
const ends =
  (text: string) =>
  ({ socket }: RawRequest): void => {
    socket.end(text);
  };
/** Answers this and goes on with that for ever. */
const goesOn =
  (text: string, more: string) =>
  ({ socket }: RawRequest): void => {
    socket.write(text);
    const timer = setInterval(() => socket.write(more), 1);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };

type Known = [result: Attempt['result'], httpStatus: number | null, reason: string | null];
const accepted: Known = ['accepted', 200, null];
const unreadable: Known = ['ambiguous', 200, 'unreadable_answer'];
const reset: Known = ['ambiguous', null, 'connection_reset'];
const lost: Known = ['ambiguous', null, 'connection_lost'];

describe('a malformed answer ends as what is known', () => {
  test.for<[string, Known, (request: RawRequest) => void]>([
    ['lists in lists, 30,000 deep', unreadable, says(http('200 OK', deep('[', ']')))],
    ['errors 30,000 lists deep', unreadable, says(http('200 OK', errors(deep('[', ']'))))],
    ['errors 30,000 objects deep', unreadable, says(http('200 OK', errors(deep('{"a":', '}').slice(0, 60_000))))],
    [
      'a refusal 9,000 objects deep',
      ['rejected', 400, 'http_400'],
      says(http('400 No', errors('{"a":'.repeat(9_000)))),
    ],
    ['30,000 errors', ['rejected', 200, 'meta_errors'], says(http('200 OK', errors(`${'1,'.repeat(30_000)}1`)))],
    ['errors under __proto__', accepted, says(http('200 OK', '{"__proto__":{"Meta":{"Errors":[1]}},"Meta":{}}'))],
    ['a byte order mark', accepted, says(http('200 OK', `\ufeff${echo}`))],
    ['NUL and half a letter', ['rejected', 200, 'meta_errors'], says(http('200 OK', errors('"a\\u0000\\ud800b"')))],
    ['packed by gzip', unreadable, says(...packed(200))],
    ['a refusal packed by gzip', ['rejected', 400, 'http_400'], says(...packed(400))],
    ['a length that is too short', unreadable, says(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n${echo}`)],
    ['a length that is too long', unreadable, ends(`HTTP/1.1 200 OK\r\ncontent-length: 2000000000\r\n\r\n${echo}`)],
    ['two lengths', lost, says(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n${echo}`)],
    ['a length and chunks', lost, says(chunked(echo).replace('chunked', 'chunked\r\ncontent-length: 5'))],
    ['chunks with a trailer', accepted, says(chunked(echo, '0\r\nx-status: 500\r\n\r\n'))],
    ['chunks without an end', unreadable, ends(chunked(echo, ''))],
    ['a chunk that is none', unreadable, says(chunked(echo, 'ZZ\r\n'))],
    ['headers without an end', lost, goesOn('HTTP/1.1 200 OK\r\n', `x: ${'x'.repeat(8_000)}\r\n`)],
    ['a body without an end', unreadable, goesOn(chunked(echo, ''), `ff\r\n${'x'.repeat(255)}\r\n`)],
    ['a NUL in a header', lost, says(ok.replace('\r\n', '\r\nx: a\0b\r\n'))],
    ['a header __proto__', accepted, says(ok.replace('\r\n', '\r\n__proto__: x\r\n'))],
    ['a date that is none', accepted, says(ok.replace('\r\n', '\r\ndate: Fri, 99 Foo 99999 99:99:99 GMT\r\n'))],
    ['lines without CR', lost, says(ok.replaceAll('\r\n', '\n'))],
    ['"continue" first', accepted, says('HTTP/1.1 100 Continue\r\n\r\n', ok)],
    ['"continue" first, letter by letter', accepted, slowly(`HTTP/1.1 100 Continue\r\nx: y\r\n\r\n${ok}`)],
    ['early hints first', accepted, says('HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n', ok)],
    ['"processing", a thousand times, first', accepted, says('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000), ok)],
    ['early hints alone', reset, ends('HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['another protocol', reset, says('HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')],
    ['204', ['accepted', 204, null], says('HTTP/1.1 204 No Content\r\n\r\n')],
    ['304', ['ambiguous', 304, 'http_304'], says('HTTP/1.1 304 Not Modified\r\n\r\n')],
    ['407', ['rejected', 407, 'http_407'], says(http('407 Proxy Authentication Required'))],
    ['999', ['ambiguous', 999, 'http_999'], says(http('999 ?'))],
    ['HTTP/0.9', lost, ends('{"Meta":{}}')],
    ['HTTP/1.0', accepted, ends(`HTTP/1.0 200 OK\r\n\r\n${echo}`)],
    ['HTTP/1.0, cut', unreadable, ends(`HTTP/1.0 200 OK\r\n\r\n${echo.slice(0, 20)}`)],
    ['HTTP/2', lost, says('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['nothing at all', reset, ends('')],
  ])('%s', async ([, known, onMessage]) => {
    const server = await rawServer({ onMessage });
    const client = openClient(server.url, { callTimeoutMs: 1_000, retry: { attempts: 1 } });
    const delivery = await client.send(message);
    if (delivery === 'not_started') throw new Error('the call was not started');
    const [attempt] = delivery.attempts;
    const [result, httpStatus, reason] = known;
    expect(attempt).toMatchObject({ result, httpStatus, reason });
    // As Postgres takes it, and as nobody may see it.
    const { redoxLogId = '', detail = '' } = attempt ?? {};
    const kept = `${redoxLogId ?? ''} ${detail ?? ''}`;
    expect(kept).not.toMatch(/\0|[\ud800-\udfff]/);
    expect(kept).not.toMatch(patientValues);
  });
});

/** Answers this in pieces of one letter, up to the end of the first head. */
function slowly(text: string): (request: RawRequest) => void {
  const letters = text.slice(0, text.indexOf('\r\n\r\n') + 4);
  return ({ socket }) => {
    socket.setNoDelay(true);
    const write = async (): Promise<void> => {
      for (const letter of letters) {
        socket.write(letter);
        await immediate();
      }
      socket.write(text.slice(letters.length));
    };
    void write();
  };
}

const uuidOf = (first: string, number: number): string =>
  `${first}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const answerNamed = (id: string): string => http('200 OK', JSON.stringify({ Meta: { Logs: [{ ID: id }] } }));

describe('an answer to no request is never accepted', () => {
  test.for([0, 2, 5, 20])('a second answer to one request, %d ms after the first', async (ms) => {
    const server = await rawServer({
      onMessage: ({ socket, number }) => {
        socket.write(answerNamed(uuidOf('0', number)));
        setTimeout(() => socket.write(answerNamed(uuidOf('1', number))), ms);
      },
    });
    const client = openClient(server.url, { concurrency: 4 });
    const lane = async (): Promise<unknown[]> => {
      const deliveries = [await client.send(message), await client.send(message), await client.send(message)];
      return deliveries.map((delivery) => delivery !== 'not_started' && delivery.attempts[0]?.redoxLogId);
    };
    const ids = (await Promise.all([lane(), lane(), lane(), lane()])).flat();
    expect(ids.sort()).toEqual(Array.from({ length: 12 }, (_, index) => uuidOf('0', index + 1)).sort());
  });

  test('an answer before the request discards the connection before sending', async () => {
    const server = await rawServer({
      // The first connection is for the token.
      onConnection: (socket, number) => number > 1 && socket.write(ok),
      onMessage: () => undefined,
    });
    const delivery = await openClient(server.url, { retry: { attempts: 2 } }).send(message);
    expect(delivery).toMatchObject({ outcome: 'failed', attempts: [{ reason: 'connection_failed' }, {}] });
    expect(server.bodies).toEqual([]);
  });

  test('an answer to a half-sent request', async () => {
    const server = await rawServer({ onHalf: (socket) => socket.pause().write(ok), onMessage: () => undefined });
    const large = JSON.stringify({ ...(JSON.parse(message) as object), Visit: 'x'.repeat(8_000_000) });
    const delivery = await openClient(server.url, { retry: { attempts: 1 } }).send(large);
    expect(delivery).toMatchObject({ outcome: 'unknown', attempts: [{ reason: 'connection_lost' }] });
  });

  test('a refusal of a half-sent request counts as a refusal', async () => {
    const tooLarge = http('413 Content Too Large', '');
    const server = await rawServer({ onHalf: (socket) => socket.pause().write(tooLarge), onMessage: () => undefined });
    const large = JSON.stringify({ ...(JSON.parse(message) as object), Visit: 'x'.repeat(8_000_000) });
    const delivery = await openClient(server.url, { retry: { attempts: 1 } }).send(large);
    expect(delivery).toMatchObject({ outcome: 'rejected', attempts: [{ reason: 'http_413' }] });
  });
});

describe('a malformed token ends the delivery with a sentence', () => {
  test.for<[string, (request: RawRequest) => void]>([
    ['30,000 lists deep', says(http('200 OK', deep('[', ']')))],
    ['a list as the token', says(http('200 OK', `{"access_token":${deep('[', ']').slice(0, 30_000)}`))],
    ['a line break in the token', says(http('200 OK', '{"access_token":"a\\r\\nx: y"}'))],
    ['a token under __proto__', says(http('200 OK', '{"__proto__":{"access_token":"a"}}'))],
    ['packed', says(...packed(200))],
    ['NUL in a refusal', says(http('400 No', '{"error":"a\\u0000\\ud800b"}'))],
    ['not HTTP', ends('{"access_token":"a"}')],
    ['a body without an end', goesOn(chunked('{"access_token":"a"}', ''), `ff\r\n${'x'.repeat(255)}\r\n`)],
  ])('%s', async ([, onToken]) => {
    const server = await rawServer({ onToken, onMessage: says(ok) });
    const sent = openClient(server.url, { callTimeoutMs: 1_000, retry: { attempts: 1 } }).send(message);
    await expect(sent).rejects.toThrow(/^Redox gave no token \(POST [^\0\ud800]*\.$/);
    expect(server.bodies).toEqual([]);
  });

  test('a token after "continue", or with an invalid lifetime, counts', async () => {
    const token = http('200 OK', '{"access_token":"a","expires_in":"1e999"}');
    const server = await rawServer({ onToken: says('HTTP/1.1 100 Continue\r\n\r\n', token), onMessage: says(ok) });
    expect(await openClient(server.url).send(message)).toMatchObject({ outcome: 'accepted' });
  });
});

describe('an alert and a heartbeat', () => {
  test.for<[string, string | null | RegExp, (request: RawRequest) => void]>([
    ['"continue" first', null, says('HTTP/1.1 100 Continue\r\n\r\n', ok)],
    ['two answers', null, says(ok, ok)],
    ['30,000 lists deep', null, says(http('200 OK', deep('[', ']')))],
    ['a body without an end', null, goesOn(chunked(echo, ''), `ff\r\n${'x'.repeat(255)}\r\n`)],
    ['a redirect', 'http_302', says(http('302 Found', '', 'location: http://127.0.0.1:1/\r\n'))],
    ['not HTTP', 'unreachable', ends('ok')],
    ['another protocol', /^[A-Z_0-9]+$/, says('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n')],
  ])('have a known end after %s', async ([, failure, onMessage]) => {
    const { url } = await rawServer({ onMessage });
    const patience = { waitsMs: [], timeoutMs: 1_000 };
    const failures = [await postJson(new Secret(url), {}, patience), await ping(new Secret(url), patience)];
    for (const said of failures)
      expect(said).toEqual(failure instanceof RegExp ? expect.stringMatching(failure) : failure);
  });
});

/** A refusal that quotes the patient, in a form in which nothing is found to be masked. */
function packed(status: number): readonly [string, Buffer] {
  const body = gzipSync(message, { level: 0 });
  return [`HTTP/1.1 ${status} ?\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`, body];
}
