import { buildConnector, Pool, type Dispatcher } from 'undici';
import { UsageFault } from '../fault.ts';
import type { Exchange } from '../decide/outcome.ts';
import type { RetryPolicy } from '../decide/redox/failure.ts';
import { type Proxy, proxyFor, type WayOut } from '../network/way-out.ts';
import type { RateLimit, RedoxAddress } from '../config/config.ts';
import { proxyAgent } from '../network/through-proxy.ts';
import { signerFor } from './token/assertion.ts';
import { aheadOf } from './clock-difference.ts';
import { openLegacyTokens } from './token/legacy-token.ts';
import { openOAuthTokens } from './token/oauth-token.ts';
import { post } from './post.ts';
import { openSpareConnections } from '../network/fresh-connection.ts';
import { atSharedRate, type SharedRate } from './shared-rate.ts';
import type { Tokens } from './token/token.ts';

/** What each client of Redox is opened with. */
export interface ClientOptions {
  readonly redox: RedoxAddress;
  /** Token requests and queries count against it; who posts messages takes their units. */
  readonly shared?: SharedRate | null;
  readonly retry?: Partial<RetryPolicy>;
  /** Its abort starts no further call, and ends waits for a token. */
  readonly signal: AbortSignal;
  /** Called with each token answer: how far Redox's clock is ahead of ours, in milliseconds. */
  readonly onClock?: (aheadMs: number) => void;
}

/** Of a client that keeps to a rate of its own. */
export interface RatedOptions extends ClientOptions {
  readonly rateLimit: RateLimit | null;
  /** How long ago calls of earlier runs ended, at least those of the last window: they count against the rate. */
  readonly earlierAgesMs: readonly number[];
}

interface TransportOptions extends Omit<ClientOptions, 'retry'> {
  readonly concurrency: number;
  /** Its abort aborts a POST in flight. */
  readonly cutOff: AbortSignal;
}

/** HTTP transport to Redox: the connection pool, the access token, and one POST. */
interface Transport {
  token(): Promise<string>;
  forget(token: string): void;
  /** One POST of a message. `mayLeave` is called just before the first byte leaves. */
  post(body: Buffer, token: string, mayLeave: () => boolean): Promise<Exchange>;
  /** One query to the same address as a message; the answer may be longer than that to a message. */
  query(body: string, token: string, keptBytes: number): Promise<Exchange>;
  /** One query of the Platform API: a POST, or a GET where `body` is null. */
  ask(path: string, body: string | null, token: string): Promise<Exchange>;
  close(): Promise<void>;
}

/** Short, because every call waits for the token. */
const tokenTimeoutMs = 30_000;

/** Fifty logs take some hundred kilobytes. */
const largestPage = 8 * 1024 * 1024;

/** Without `accept-encoding`, RFC 9110 lets a server choose any content coding. */
const acceptable = { accept: 'application/json', 'accept-encoding': 'identity' };

type Poster = (path: string, contentType: string, body: string) => Promise<Exchange>;

export function openTransport(options: TransportOptions, retry: RetryPolicy): Transport {
  const { redox, signal, cutOff, onClock, shared = null } = options;
  const { baseUrl, callTimeoutMs, sourceId, wayOut } = redox;
  const { origin, pathname } = new URL(baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  const proxy = requireProxy(baseUrl, wayOut);
  const { dispatcher, closeSpares } = dispatcherFor(origin, proxy, options.concurrency);

  let aheadMs: number | null = null;
  const onDate = (date: string): void => {
    aheadMs = aheadOf(date, Date.now());
    if (aheadMs !== null) onClock?.(aheadMs);
  };
  // Redox counts every request of an address.
  const postForToken: Poster = (path, contentType, body) =>
    atSharedRate(shared, retry, (mayLeave) =>
      post(dispatcher, {
        origin,
        path: `${basePath}${path}`,
        headers: { 'content-type': contentType, ...acceptable },
        body,
        timeoutMs: Math.min(tokenTimeoutMs, callTimeoutMs),
        cutOff: signal,
        mayLeave,
        onDate,
      }),
    );
  const tokens = tokensFor({ ...options, proxy }, retry, postForToken, () => aheadMs);

  const path = `${basePath}/endpoint`;
  const headers = {
    'content-type': 'application/json',
    ...acceptable,
    // With several sources, `Meta.Source` names one. Redox requires this header too, without naming the APIs.
    ...(sourceId === null ? {} : { 'redox-source-id': sourceId }),
  };

  return {
    token: () => tokens.current(),
    forget: (token) => {
      tokens.invalidate(token);
    },
    post: (body, token, mayLeave) =>
      post(dispatcher, {
        origin,
        path,
        headers: { ...headers, authorization: `Bearer ${token}` },
        body,
        timeoutMs: callTimeoutMs,
        cutOff,
        mayLeave,
      }),
    query: (body, token, keptBytes) =>
      atSharedRate(shared, retry, (mayLeave) =>
        post(dispatcher, {
          origin,
          path,
          headers: { ...headers, authorization: `Bearer ${token}` },
          body,
          keptBytes,
          timeoutMs: callTimeoutMs,
          cutOff,
          mayLeave,
        }),
      ),
    ask: (asked, body, token) =>
      atSharedRate(shared, retry, (mayLeave) =>
        post(dispatcher, {
          origin,
          path: `${basePath}${asked}`,
          headers: {
            ...(body === null ? {} : { 'content-type': 'application/json' }),
            ...acceptable,
            authorization: `Bearer ${token}`,
          },
          body,
          keptBytes: largestPage,
          timeoutMs: callTimeoutMs,
          cutOff,
          mayLeave,
        }),
      ),
    close: async () => {
      closeSpares();
      await (cutOff.aborted ? dispatcher.destroy() : dispatcher.close());
    },
  };
}

const tokenPath = '/v2/auth/token';

/**
 * The URL of OAuth tokens, also the audience of an assertion. Redox documents it for its own host; the audience for Canada's
 * (`api.ca.redoxengine.com`) is our interpretation.
 */
export const tokenUrlOf = (baseUrl: string): string => `${baseUrl.replace(/\/$/, '')}${tokenPath}`;

function tokensFor(
  { redox: { baseUrl, credentials }, proxy, signal }: TransportOptions & { readonly proxy: Proxy | null },
  retry: RetryPolicy,
  postTo: Poster,
  clockAheadMs: () => number | null,
): Tokens {
  if (credentials.kind === 'legacy') {
    const postJson = (path: string, body: string): Promise<Exchange> => postTo(path, 'application/json', body);
    return openLegacyTokens({ baseUrl, credentials, proxy, postJson, retry, signal });
  }
  const url = tokenUrlOf(baseUrl);
  const postForm = (body: string): Promise<Exchange> => postTo(tokenPath, 'application/x-www-form-urlencoded', body);
  return openOAuthTokens({ url, proxy, sign: signerFor(credentials, url), postForm, clockAheadMs, retry, signal });
}

function requireProxy(address: string, wayOut: WayOut): Proxy | null {
  const proxy = proxyFor(address, wayOut);
  if (typeof proxy === 'string') throw new UsageFault(proxy);
  return proxy;
}

interface Connections {
  readonly dispatcher: Dispatcher;
  readonly closeSpares: () => void;
}

/**
 * One connection more than calls in flight, so that a token never waits behind a hanging call. undici's own time-outs are off, because
 * ours covers the whole POST.
 */
function dispatcherFor(origin: string, proxy: Proxy | null, concurrency: number): Connections {
  const options = {
    connections: concurrency + 1,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    // Overrides NODE_OPTIONS.
    maxHeaderSize: 16_384,
  };
  const spares = openSpareConnections(concurrency);
  if (proxy === null) {
    const connect = spares.over(buildConnector({}));
    return { dispatcher: new Pool(origin, { ...options, connect }), closeSpares: spares.close };
  }
  return { dispatcher: proxyAgent(proxy, spares.over, options), closeSpares: spares.close };
}
