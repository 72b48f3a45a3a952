/**
 * Being heard: a JSON POST to a webhook, and a ping to a dead man's switch. Neither may change what a run did, so both say whether
 * it worked and throw nothing. Certificates are verified, redirects are not followed, and what was answered is not kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { JsonObject } from '../core/json.ts';
import type { Secret } from '../core/secret.ts';
import type { Patience } from './patience.ts';

/** Why nobody was reached, as a code; null where somebody was. */
type Failure = string | null;

export const postJson = (url: Secret, body: JsonObject, patience: Patience): Promise<Failure> =>
  reach(url, patience, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const ping = (url: Secret, patience: Patience): Promise<Failure> => reach(url, patience, { method: 'GET' });

type Knock = Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>;

async function reach(url: Secret, { waitsMs, timeoutMs }: Patience, knock: Knock): Promise<Failure> {
  const dispatcher = dispatcherFor(url);
  try {
    for (const waitMs of [...waitsMs, null]) {
      const failure = await once(url, knock, dispatcher, timeoutMs);
      if (failure === null || waitMs === null || !mayPass(failure)) return failure;
      await sleep(waitMs);
    }
    return null;
  } finally {
    await dispatcher.destroy();
  }
}

async function once(url: Secret, knock: Knock, dispatcher: Dispatcher, timeoutMs: number): Promise<Failure> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await request(url.reveal(), { ...knock, dispatcher, signal });
    await body.dump({ limit: 64 * 1024, signal });
    return statusCode >= 200 && statusCode < 300 ? null : `http_${statusCode}`;
  } catch (error) {
    return codeOf(error);
  }
}

/** What the system, TLS or undici calls it. Never its message, which could quote the address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable';
  if (error.name === 'TimeoutError') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unreachable';
}

/** The address itself is refused: a second try would only be refused again. */
const mayPass = (failure: string): boolean => !/^http_(3\d\d|4(?!08|29)\d\d)$/.test(failure);

/** As for Redox: a proxy is used for what goes out by TLS; plain HTTP is a service on this machine. */
const dispatcherFor = (url: Secret): Dispatcher =>
  url.reveal().startsWith('https:') ? new EnvHttpProxyAgent({ httpProxy: '' }) : new Agent();
