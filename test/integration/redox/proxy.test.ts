import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { ping, postJson } from '../../../src/health/alert/post.ts';
import { exitCodes } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { type WayOut, wayOutOfEnvironment } from '../../../src/network/way-out.ts';
import { keyPair } from '../support/proxy/tls-proxy.ts';
import { message, openClient, pemOf } from './redox-client-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface SmallProxy {
  readonly host: string;
  /** What each CONNECT asked for, and with which user and password. */
  readonly asked: { readonly target: string; readonly credentials: string | null }[];
}

/** A proxy that lets nobody through, and says so with this status. */
async function proxyThatSays(status: number): Promise<SmallProxy> {
  const asked: SmallProxy['asked'][number][] = [];
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const head = String(data);
      const [, basic] = /proxy-authorization: Basic (\S+)/i.exec(head) ?? [];
      const credentials = basic === undefined ? null : Buffer.from(basic, 'base64').toString();
      asked.push({ target: head.split(' ')[1] ?? '', credentials });
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const done = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const says =
  (...texts: readonly string[]) =>
  (socket: Socket): void => {
    socket.once('data', () => {
      for (const text of texts) socket.write(text);
    });
  };

/** A proxy that leads every CONNECT to the same server behind TLS. */
async function proxyTo(answer: (socket: Socket) => void): Promise<Pick<SmallProxy, 'host'>> {
  const pair = keyPair();
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      const safe = new TLSSocket(socket, { isServer: true, ...pair });
      safe.on('error', () => undefined);
      safe.once('secure', () => {
        answer(safe);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const through = (proxy: string): WayOut => wayOutOfEnvironment({ HTTPS_PROXY: proxy });

const sentThrough = (proxy: string): Promise<unknown> =>
  openClient('https://redox.example', { wayOut: through(proxy), retry: { attempts: 1 } }).send(message);

describe("a proxy's answer is reported as its own", () => {
  test.each([
    [407, 'requires a user and a password. Put them into HTTPS_PROXY'],
    [403, 'through to redox.example. Have its administrator allow that'],
    [502, 'cannot reach redox.example'],
  ])('HTTP %d', async (status, remedy) => {
    const { host, asked } = await proxyThatSays(status);
    const sent = sentThrough(host);
    await expect(sent).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
    await expect(sent).rejects.toThrow(`through the proxy ${host} of HTTPS_PROXY`);
    await expect(sent).rejects.toThrow(`the proxy ${host} answered HTTP ${status}: it`);
    await expect(sent).rejects.toThrow(remedy);
    expect(asked).toEqual([{ target: 'redox.example:443', credentials: null }]);
  });

  test('with a user and password that it refuses, both hidden', async () => {
    const { host, asked } = await proxyThatSays(407);
    const said = await sentThrough(`http://us#er:p@ss#w/rd@${host}`).catch(String);
    expect(said).toContain('rejects the user and the password in HTTPS_PROXY');
    expect(said).not.toMatch(/us#er|p@ss/);
    expect(asked).toEqual([{ target: 'redox.example:443', credentials: 'us#er:p@ss#w/rd' }]);
  });

  test('and without a proxy there, its name is reported', async () => {
    const said = await sentThrough('http://user:hush@127.0.0.1:1').catch(String);
    expect(said).toContain('through the proxy 127.0.0.1:1 of HTTPS_PROXY');
    expect(said).not.toContain('hush');
  });
});

test('an invalid proxy is a settings fault, never a bug', () => {
  expect(() => openClient('https://redox.example', { wayOut: through('socks5://proxy.example') })).toThrow(
    expect.objectContaining({ exitCode: exitCodes.usage, message: expect.stringContaining('HTTPS_PROXY') as string }),
  );
});

describe('alerts go through the proxy too', () => {
  const webhook = new Secret('https://hooks.example/s3cret');
  const patience = { waitsMs: [], timeoutMs: 2_000 };

  test.each([407, 403])('and its HTTP %d is reported as its own', async (status) => {
    const { host, asked } = await proxyThatSays(status);
    expect(await postJson(webhook, {}, patience, through(`user:p#w@${host}`))).toBe(`proxy_${status}`);
    expect(await ping(webhook, patience, through(host))).toBe(`proxy_${status}`);
    expect(asked.map(({ credentials }) => credentials)).toEqual(['user:p#w', null]);
  });

  test.each<[string, string | null, (socket: Socket) => void]>([
    ['an interim answer', null, says('HTTP/1.1 100 Continue\r\n\r\n', done)],
    ['two answers', null, says(done, done)],
    ['an answer before the request', 'UNASKED_ANSWER', (socket) => void socket.write(done)],
  ])('with a known end after %s', async (_, failure, answer) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    const { host } = await proxyTo(answer);
    expect(await postJson(webhook, {}, patience, through(host))).toBe(failure);
    expect(await ping(webhook, patience, through(host))).toBe(failure);
    vi.unstubAllEnvs();
    warned.mockRestore();
  });

  test('and never past it when the setting is no proxy', async () => {
    expect(await ping(webhook, patience, through('socks5://proxy.example'))).toBe('faulty_proxy_setting');
  });
});

describe('the command', () => {
  const privateKey = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const settings = {
    EHR_URL: `csv:${folder}`,
    EHR_TIME_ZONE: 'America/Chicago',
    LEDGER_URL: `embedded:${join(folder, 'ledger')}`,
    LEDGER_KEY: Buffer.alloc(32, 7).toString('base64'),
    REDOX_BASE_URL: 'https://redox.example',
    REDOX_ENVIRONMENT: 'development',
    REDOX_CLIENT_ID: 'client',
    REDOX_KEY_ID: 'kid',
    REDOX_PRIVATE_KEY: privateKey,
    REDOX_DESTINATION_ID: 'destination',
    ORGANIZATION_OID: '2.16.840.1.113883.3.6147.458.2',
    PATIENT_OID: '2.16.840.1.113883.3.6147.458.2.1',
    REPORT_DIR: join(folder, 'reports'),
  };

  async function run(argv: readonly string[], envFile: string) {
    const path = join(folder, 'my.env');
    writeFileSync(path, envFile, { mode: 0o600 });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(stdout), text(stderr)]);
    const signal = new AbortController().signal;
    const processEnvironment = { jobs, environment: settings, stdout, stderr, signal };
    const exitCode = await runCommandLine([...argv, '--env-file', path], processEnvironment);
    stdout.end();
    stderr.end();
    const [out, err] = await said;
    return { exitCode, out, err, path };
  }

  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'uses the %s of its env file, and names it on a refusal',
    async (name) => {
      const { host, asked } = await proxyThatSays(407);
      const { out, path } = await run(['doctor'], `${name}=${host}\n`);
      expect(asked).toEqual([{ target: 'redox.example:443', credentials: null }]);
      expect(out).toContain(`${host}, set in ${name} (${path}).`);
      expect(out).toContain(`the proxy ${host} answered HTTP 407`);
    },
    60_000,
  );

  test('connects directly when its env file excepts Redox', async () => {
    const { host, asked } = await proxyThatSays(407);
    const { out } = await run(['doctor'], `HTTPS_PROXY=${host}\nNO_PROXY=localhost,.example\n`);
    expect(out).toContain('the way to Redox is straight, for NO_PROXY excepts its host');
    expect(asked).toEqual([]);
  }, 60_000);

  test.each([
    'HTTPS_PROXY=socks5://user:hush@proxy.example:1080',
    'HTTPS_PROXY=http://user:hush#hush@proxy.example:3128',
    'HTTPS_PROXY=http://user:hush@:3128',
    `HTTPS_PROXY='"http://user:hush@proxy.example:3128"'`,
  ])('refuses %s as configuration, by its name', async (line) => {
    const { exitCode, err } = await run(['nightly'], `${line}\n`);
    expect([exitCode, err]).toEqual([exitCodes.usage, expect.stringContaining('HTTPS_PROXY (')]);
    expect(err).not.toContain('hush');
  });

  test('warns of a duplicate name, and continues', async () => {
    const { exitCode, err } = await run(['show-config'], 'CONCURRENCY=4\nCONCURRENCY=5\n');
    expect(exitCode).toBe(exitCodes.done);
    expect(err).toMatch(/"event":"setting_doubtful","name":"CONCURRENCY".*lines 1, 2/);
  });
});
