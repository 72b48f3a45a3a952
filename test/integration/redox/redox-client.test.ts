import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  deliver,
  echo,
  hang,
  logId,
  message,
  openClient,
  patientValues,
  reset,
  say,
  smallServer,
  type Answer,
} from './redox-client-server.ts';

const results = ({ attempts }: Awaited<ReturnType<typeof deliver>>): unknown[] =>
  attempts.map(({ result, httpStatus, reason }) => [result, httpStatus, reason]);

describe('one call, one POST', () => {
  test('sends an accepted call as one unchanged POST with its log id', async () => {
    const server = await smallServer();
    const delivery = await deliver(openClient(server.url, { sourceId: 'source-1' }));

    expect(delivery.outcome).toBe('accepted');
    expect(delivery.attempts).toMatchObject([
      { result: 'accepted', httpStatus: 200, reason: null, detail: null, redoxLogId: logId },
    ]);
    expect(server.bodies).toEqual([message]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/endpoint',
      headers: {
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
        accept: 'application/json',
        'redox-source-id': 'source-1',
      },
    });
  });

  test('no source, no header', async () => {
    const server = await smallServer();
    await deliver(openClient(server.url));
    expect(server.requests[0]?.headers).not.toHaveProperty('redox-source-id');
  });

  test('a base URL may have a path', async () => {
    const server = await smallServer();
    await deliver(openClient(`${server.url}/redox`));
    expect(server.requests[0]?.url).toBe('/redox/endpoint');
    expect(server.assertions[0]?.payload.aud).toBe(`${server.url}/redox/v2/auth/token`);
  });

  test.each([400, 403, 404, 413, 422])('a %i is a rejection and is not retried', async (status) => {
    const server = await smallServer({ answers: [say(status, '')] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery.outcome).toBe('rejected');
    expect(results(delivery)).toEqual([['rejected', status, `http_${status}`]]);
  });

  test('a 200 with Meta.Errors is a rejection, whose reason hides the patient', async () => {
    const text = 'Invalid value "QUACKENBUSH", born 11/23/1951 (SSN 987654320) for Patient.Demographics.LastName';
    const body = JSON.stringify({ Meta: { Errors: [{ ID: 1, Text: text }], Logs: [{ ID: logId }] } });
    const server = await smallServer({ answers: [say(200, body)] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery.outcome).toBe('rejected');
    expect(delivery.attempts[0]).toMatchObject({ reason: 'meta_errors', redoxLogId: logId });
    expect(delivery.attempts[0]?.detail).toBe('Invalid value "*** (SSN ***) for Patient.Demographics.LastName');
  });

  test('refuses a redirect, which would get the token and the patient', async () => {
    const elsewhere = await smallServer();
    const server = await smallServer({ answers: [say(307, '', { location: `${elsewhere.url}/endpoint` })] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery.outcome).toBe('unknown');
    expect(elsewhere.bodies).toEqual([]);
  });
});

describe('a passing failure is retried with the same bytes', () => {
  test.each<[string, Answer, unknown[]]>([
    ['a 500', say(500, 'oops'), ['ambiguous', 500, 'http_500']],
    ['a 408', say(408, ''), ['ambiguous', 408, 'http_408']],
    ['a reset before the answer', reset, ['ambiguous', null, 'connection_reset']],
    ['a page that is not Redox’s', say(200, '<html>'), ['ambiguous', 200, 'unreadable_answer']],
    ['an answer that breaks off', breakOff(200), ['ambiguous', 200, 'unreadable_answer']],
    [
      'an answer longer than anybody reads',
      say(200, `"${'x'.repeat(70_000)}"`),
      ['ambiguous', 200, 'unreadable_answer'],
    ],
    ['an answer that is not HTTP', notHttp, ['ambiguous', null, 'connection_lost']],
    ['a 429', say(429, ''), ['not_taken', 429, 'http_429']],
  ])('%s, and then Redox accepts it', async (_, answer, first) => {
    const server = await smallServer({ answers: [answer, say(200, echo)] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery.outcome).toBe('accepted');
    expect(results(delivery)).toEqual([first, ['accepted', 200, null]]);
    expect(server.bodies[1]).toBe(server.bodies[0]);
  });

  test('a refusal whose body breaks off is a refusal', async () => {
    const server = await smallServer({ answers: [breakOff(400)] });
    expect((await deliver(openClient(server.url))).outcome).toBe('rejected');
  });

  test('a 504 on the last try leaves the call unknown', async () => {
    const server = await smallServer({ answers: [say(504, ''), say(429, '')] });
    const delivery = await deliver(openClient(server.url));
    expect(delivery.outcome).toBe('unknown');
    expect(delivery.attempts).toHaveLength(3);
  });

  test('a server that never answers times out, and the call is unknown', async () => {
    const server = await smallServer({ answers: [hang] });
    const client = openClient(server.url, { callTimeoutMs: 100, retry: { attempts: 2 } });
    const delivery = await deliver(client);
    expect(delivery.outcome).toBe('unknown');
    expect(results(delivery)).toEqual(Array.from({ length: 2 }, () => ['ambiguous', null, 'timeout']));
    for (const { startedAt, finishedAt } of delivery.attempts) {
      expect(finishedAt.getTime() - startedAt.getTime()).toBeGreaterThanOrEqual(95);
    }
  });

  test('a server that answers without end times out too', async () => {
    const server = await smallServer({ answers: [dribble] });
    const delivery = await deliver(openClient(server.url, { callTimeoutMs: 100, retry: { attempts: 1 } }));
    expect(results(delivery)).toEqual([['ambiguous', 200, 'unreadable_answer']]);
  });

  test('waits for Retry-After', async () => {
    const server = await smallServer({ answers: [say(503, '', { 'retry-after': '1' }), say(200, echo)] });
    const delivery = await deliver(openClient(server.url, { retry: { capMs: 300 } }));
    const [first, second] = delivery.attempts;
    expect((second?.startedAt.getTime() ?? NaN) - (first?.finishedAt.getTime() ?? NaN)).toBeGreaterThanOrEqual(295);
  });

  test('after a 429 every call waits', async () => {
    const server = await smallServer({ answers: [say(429, '', { 'retry-after': '1' }), say(200, echo)] });
    const client = openClient(server.url, { retry: { capMs: 1_000 } });
    const refused = deliver(client);
    while (server.bodies.length === 0) await sleep(5);
    await sleep(300);
    const [other] = (await deliver(client)).attempts;
    const { outcome, attempts } = await refused;
    expect((other?.startedAt.getTime() ?? NaN) - (attempts[0]?.finishedAt.getTime() ?? NaN)).toBeGreaterThanOrEqual(
      995,
    );
    expect(outcome).toBe('accepted');
  });
});

describe('a call that never left was certainly not taken', () => {
  test('no server listens after the token', async () => {
    const server = await smallServer();
    const client = openClient(server.url);
    await deliver(client);
    server.stop();
    await sleep(50);
    const delivery = await deliver(client);
    expect(delivery.outcome).toBe('failed');
    expect(results(delivery).at(-1)).toEqual(['not_taken', null, 'connection_refused']);
  });
});

test('an untrusted certificate ends the job with the remedy', async () => {
  const server = await smallServer({ create: (listener) => createTlsServer(listener) });
  const client = openClient(server.url.replace('http:', 'https:'), { retry: { attempts: 1 } });
  await expect(client.send(message)).rejects.toThrow(/tls_failed .*NODE_EXTRA_CA_CERTS/);
});

test('HTTPS goes through the proxy of HTTPS_PROXY', async () => {
  const asked: string[] = [];
  const proxy = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      asked.push(String(data).split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  withEnvironment({
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
    NO_PROXY: '',
    https_proxy: undefined,
    no_proxy: undefined,
  });

  const client = openClient('https://redox.example', { retry: { attempts: 1 } });
  await expect(client.send(message)).rejects.toThrow(/HTTPS_PROXY/);
  expect(asked).toEqual(['CONNECT redox.example:443 HTTP/1.1']);
});

describe('a stopped run', () => {
  test('puts back a call that has not started', async () => {
    const server = await smallServer();
    const client = openClient(server.url, { signal: AbortSignal.abort(new Error('SIGTERM')) });
    expect(await client.send(message)).toBe('not_started');
    expect(server.bodies).toEqual([]);
  });

  test('ends a call between tries as what is known', async () => {
    for (const [status, outcome] of [
      [504, 'unknown'],
      [429, 'failed'],
    ] as const) {
      const stop = new AbortController();
      const server = await smallServer({ answers: [say(status, '')] });
      const client = openClient(server.url, { signal: stop.signal, retry: { baseMs: 60_000, capMs: 60_000 } });
      const delivery = deliver(client);
      while (server.bodies.length === 0) await sleep(5);
      await sleep(20);
      stop.abort(new Error('SIGTERM'));
      expect(await delivery).toMatchObject({ outcome, attempts: [{ httpStatus: status }] });
    }
  });

  test('finishes a POST in flight, and starts none behind it', async () => {
    const stop = new AbortController();
    const server = await smallServer({
      answers: [
        (...args) =>
          setTimeout(() => {
            say(200, echo)(...args);
          }, 100),
      ],
    });
    const client = openClient(server.url, { signal: stop.signal, concurrency: 1 });
    const sent = [client.send(message), client.send(message), client.send(message)];
    while (server.bodies.length === 0) await sleep(5);
    stop.abort(new Error('SIGTERM'));
    expect(await Promise.all(sent)).toMatchObject([{ outcome: 'accepted' }, 'not_started', 'not_started']);
    expect(server.bodies).toHaveLength(1);
  });

  test('a hundred waiting calls stop without a warning about listeners', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning.message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));

    const stop = new AbortController();
    const server = await smallServer({ answers: [say(504, '')] });
    const client = openClient(server.url, { signal: stop.signal, retry: { baseMs: 60_000, capMs: 60_000 } });
    const sent = Array.from({ length: 100 }, () => client.send(message));
    while (server.bodies.length < 100) await sleep(5);
    await sleep(50);
    stop.abort(new Error('SIGTERM'));
    const outcomes = (await Promise.all(sent)).map((delivery) =>
      delivery === 'not_started' ? delivery : delivery.outcome,
    );
    expect(new Set(outcomes)).toEqual(new Set(['unknown']));
    expect(warnings).toEqual([]);
  });
});

test('keeps at most the allowed number of POSTs in flight', async () => {
  let now = 0;
  let most = 0;
  const slow: Answer = (...args) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      say(200, echo)(...args);
    }, 5);
  };
  const server = await smallServer({ answers: [slow] });
  const client = openClient(server.url, { concurrency: 3 });
  await Promise.all(Array.from({ length: 30 }, () => client.send(message)));
  expect(most).toBe(3);
});

test('the rate holds across a restart', async () => {
  const server = await smallServer();
  const rateLimit = { calls: 5, windowMs: 400 };
  const startedAt = Date.now();
  const client = openClient(server.url, { rateLimit, earlierAgesMs: Array.from({ length: 5 }, () => 0) });
  await deliver(client);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(395);
});

test('what is kept of a failure has no patient and no secret', async () => {
  const answers = [say(500, message), say(401, message), say(200, `not JSON ${message}`), say(400, message)];
  const server = await smallServer({ answers });
  const delivery = await deliver(openClient(server.url, { retry: { attempts: 5 } }));
  expect(delivery.attempts).toHaveLength(4);
  const kept = JSON.stringify(delivery);
  expect(kept).toContain('***');
  expect(kept).not.toMatch(patientValues);
  expect(kept).not.toMatch(/token-\d|Bearer|PRIVATE/);
});

function breakOff(status: number): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-length': '1000' });
    response.write('{"Meta":');
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  };
}

function notHttp(...[request]: Parameters<Answer>): void {
  request.socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');
}

function dribble(...[, response]: Parameters<Answer>): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => {
    clearInterval(timer);
  });
}

/** Until the test is over. */
function withEnvironment(values: Record<string, string | undefined>): void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(values)) set(name, value);
  onTestFinished(() => {
    for (const [name, value] of before) set(name, value);
  });
}
