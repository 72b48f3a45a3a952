import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchHealth } from '../../../jobs/schedule/health.ts';
import { ping, postJson } from '../../../src/health/alert/post.ts';
import { Secret } from '../../../src/secret.ts';
import { serveMetrics } from '../../../src/health/metrics/server.ts';
import { writeMetricsFile } from '../../../src/health/metrics/text-file.ts';

// It waits for a server that is silent.
vi.setConfig({ testTimeout: 60_000 });

const local = { host: '127.0.0.1', port: 0 };
const due = new Date('2026-01-31T08:15:00Z');

test('a schedule is healthy unless its last run failed or was missed', async () => {
  const health = watchHealth();
  const server = await serveMetrics(local, { metrics: () => null, ailment: health.ailment });
  onTestFinished(() => server.close());
  const ask = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`);
    return `${answer.status} ${await answer.text()}`;
  };
  expect(await ask()).toBe('200 ok\n');
  health.noteEnd('nightly', due, 69);
  expect(await ask()).toBe('503 nightly that was due 2026-01-31T08:15:00.000Z ended with exit code 69; see its log.\n');
  health.noteEnd('intraday', due, 0);
  expect(await ask()).toMatch(/^503/);
  health.noteEnd('nightly', due, 3);
  expect(await ask()).toBe('200 ok\n');
  health.noteMissed('nightly', due);
  expect(await ask()).toMatch(/^503 nightly that was due .+ did not start/);
});

test('serves just the stored metrics', async () => {
  let text: string | null = null;
  const server = await serveMetrics(local, { metrics: () => text, ailment: () => null });
  onTestFinished(() => server.close());
  const ask = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  expect((await ask('/metrics')).status).toBe(503);
  text = '# HELP x X.\n# TYPE x gauge\nx 1\n';
  const answer = await ask('/metrics?match=x');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe(text);
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics', 'POST')).status).toBe(405);
});

test('a taken port is a fault that names the setting', async () => {
  const server = await serveMetrics(local, { metrics: () => null, ailment: () => null });
  onTestFinished(() => server.close());
  const again = serveMetrics({ ...local, port: server.port }, { metrics: () => null, ailment: () => null });
  await expect(again).rejects.toThrow(/METRICS_PORT cannot be used.*EADDRINUSE/);
});

test('replaces the metrics file whole, readable by others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  const path = join(folder, 'x.prom');
  await writeMetricsFile(path, 'x 1\n');
  const before = statSync(path);
  await writeMetricsFile(path, 'x 2\n');
  expect(readFileSync(path, 'utf8')).toBe('x 2\n');
  expect(statSync(path).ino).not.toBe(before.ino);
  expect(before.mode & 0o044).toBe(0o044);
  expect(readdirSync(folder)).toEqual(['x.prom']);
  await expect(writeMetricsFile(join(folder, 'no', 'x.prom'), 'x 3\n')).rejects.toThrow('ENOENT');
});

/** A server that answers with these, one after the other; the last one stays. Null: not at all. */
async function answering(...statuses: readonly (number | null)[]): Promise<{ url: Secret; asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    const status = statuses[Math.min(asked, statuses.length - 1)] ?? null;
    asked += 1;
    if (status !== null) response.writeHead(status, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: new Secret(`http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cret`),
    asked: () => asked,
  };
}

const patience = { waitsMs: [1, 1], timeoutMs: 600 };

test.each<[string, readonly (number | null)[], string | null, number]>([
  ['that answers', [204], null, 1],
  ['that answers at the second try', [503, 200], null, 2],
  ['that is too busy for all of them', [429], 'http_429', 3],
  ['that does not know the address', [404, 200], 'http_404', 1],
  ['that sends elsewhere', [302, 200], 'http_302', 1],
  ['that never answers', [null], 'timeout', 3],
])('a webhook %s: %j is %s after this many tries: %i', async (_, statuses, failure, tries) => {
  const { url, asked } = await answering(...statuses);
  expect(await postJson(url, { text: 'failing' }, patience)).toBe(failure);
  expect(asked()).toBe(tries);
});

test('a switch without a listener is a code, never the address', async () => {
  expect(await ping(new Secret('http://127.0.0.1:1/s3cret'), patience)).toBe('ECONNREFUSED');
});
