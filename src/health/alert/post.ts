/**
 * A JSON POST to a webhook, and a ping to a dead man's switch. Both return whether it worked and never throw, so a run's result stays
 * the same. Certificates are verified, redirects are refused, and the answer's body is dropped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import type { JsonObject } from '../../json.ts';
import type { Secret } from '../../secret.ts';
import { freshConnections } from '../../network/fresh-connection.ts';
import { proxyAgent } from '../../network/through-proxy.ts';
import { proxyFor, type WayOut, wayOutOfEnvironment } from '../../network/way-out.ts';
import type { Patience } from './patience.ts';

/** The failure as a code; null after success. */
type Failure = string | null;

export const postJson = (url: Secret, body: JsonObject, patience: Patience, wayOut?: WayOut): Promise<Failure> =>
  reach(url, patience, wayOut, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

export const ping = (url: Secret, patience: Patience, wayOut?: WayOut): Promise<Failure> =>
  reach(url, patience, wayOut, { method: 'GET' });

type Post = Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>;

async function reach(
  url: Secret,
  { waitsMs, timeoutMs }: Patience,
  wayOut: WayOut = wayOutOfEnvironment(process.env),
  post: Post,
): Promise<Failure> {
  const dispatcher = dispatcherFor(url, wayOut);
  if (dispatcher === null) return 'faulty_proxy_setting';
  try {
    for (const waitMs of [...waitsMs, null]) {
      const failure = await once(url, post, dispatcher, timeoutMs);
      if (failure === null || waitMs === null || !mayPass(failure)) return failure;
      await sleep(waitMs);
    }
    return null;
  } finally {
    await dispatcher.destroy();
  }
}

async function once(url: Secret, post: Post, dispatcher: Dispatcher, timeoutMs: number): Promise<Failure> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await request(url.reveal(), { ...post, dispatcher, signal, reset: true });
    await body.dump({ limit: 64 * 1024, signal });
    return statusCode >= 200 && statusCode < 300 ? null : `http_${statusCode}`;
  } catch (error) {
    return codeOf(error);
  }
}

/** The code of the system, TLS or undici. Never its message, because that could quote the address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable';
  if (error.name === 'TimeoutError') return 'timeout';
  const proxyStatus = /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
  if (proxyStatus !== undefined) return `proxy_${proxyStatus}`;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unreachable';
}

/** A permanent refusal of this address: a retry would get the same answer. */
const mayPass = (failure: string): boolean => !/^http_(3\d\d|4(?!08|29)\d\d)$/.test(failure);

/** TLS uses the proxy, as for Redox; plain HTTP is a service on this machine. Null if the proxy's address is invalid. */
function dispatcherFor(url: Secret, wayOut: WayOut): Dispatcher | null {
  const proxy = proxyFor(url.reveal(), wayOut);
  if (typeof proxy === 'string') return null;
  if (proxy === null) return new Agent({ connect: freshConnections(buildConnector({})) });
  return proxyAgent(proxy, freshConnections);
}
