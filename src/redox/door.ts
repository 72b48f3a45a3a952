import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { UsageFault } from '../core/fault.ts';
import type { Exchange } from '../core/outcome.ts';
import type { RetryPolicy } from '../core/retry.ts';
import type { RedoxCredentials } from '../config.ts';
import { signerFor, type OAuthCredentials } from './assertion.ts';
import { post } from './post.ts';
import { openTokens } from './token.ts';

export interface DoorOptions {
  readonly baseUrl: string;
  readonly credentials: RedoxCredentials;
  readonly sourceId: string | null;
  readonly callTimeoutMs: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** Redox's address with us in front of it: the connections, the token and one message at a time through the letter box. */
export interface Door {
  token(): Promise<string>;
  forget(token: string): void;
  /** One POST of a message. */
  knock(body: string, token: string): Promise<Exchange>;
  close(): Promise<void>;
}

/** A token is a small matter and nobody can send while it is under way: no use in waiting long for one. */
const tokenTimeoutMs = 30_000;

export function openDoor(options: DoorOptions, retry: RetryPolicy): Door {
  const { callTimeoutMs, sourceId, signal } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  const tokenUrl = `${origin}${basePath}/v2/auth/token`;
  const sign = signerFor(oauthOnly(options.credentials), tokenUrl);
  const dispatcher = dispatcherFor(origin, options.concurrency);

  const tokens = openTokens({
    url: tokenUrl,
    sign,
    retry,
    signal,
    postForm: (body) =>
      post(dispatcher, {
        origin,
        path: `${basePath}/v2/auth/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body,
        timeoutMs: Math.min(tokenTimeoutMs, callTimeoutMs),
      }),
  });

  const path = `${basePath}/endpoint`;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(sourceId === null ? {} : { 'redox-source-id': sourceId }),
  };

  return {
    token: () => tokens.current(),
    forget: (token) => {
      tokens.invalidate(token);
    },
    knock: (body, token) =>
      post(dispatcher, {
        origin,
        path,
        headers: { ...headers, authorization: `Bearer ${token}` },
        body,
        timeoutMs: callTimeoutMs,
      }),
    close: () => dispatcher.close(),
  };
}

function oauthOnly(credentials: RedoxCredentials): OAuthCredentials {
  switch (credentials.kind) {
    case 'oauth':
      return credentials;
    case 'legacy':
      throw new UsageFault(
        'Legacy API keys (REDOX_API_KEY, REDOX_API_SECRET) are not supported yet. Make an OAuth API key in the Redox ' +
          'dashboard and set REDOX_CLIENT_ID, REDOX_KEY_ID and REDOX_PRIVATE_KEY instead.',
      );
  }
}

/**
 * One connection more than calls under way, so that a token never waits behind a call that hangs. undici's own time-outs
 * are off: ours covers the whole POST. Through a proxy only what goes out by TLS: plain HTTP is a stand-in on this machine.
 */
function dispatcherFor(origin: string, concurrency: number): Dispatcher {
  const options = { connections: concurrency + 1, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 };
  const proxy = process.env['HTTPS_PROXY'] ?? process.env['https_proxy'] ?? '';
  return origin.startsWith('https:') && proxy !== ''
    ? new EnvHttpProxyAgent({ ...options, httpProxy: '' })
    : new Pool(origin, options);
}
