import type { RedoxCredentials } from '../../config/config.ts';
import { NeighbourFault } from '../../fault.ts';
import type { Exchange } from '../../decide/outcome.ts';
import type { RetryPolicy } from '../../decide/redox/failure.ts';
import type { Proxy } from '../../network/way-out.ts';
import { legacyRefusal } from './token-refusal.ts';
import {
  askForToken,
  fieldsOf,
  isToken,
  keepToken,
  type Answered,
  type Grant,
  type Cached,
  type Tokens,
} from './token.ts';

type LegacyCredentials = RedoxCredentials & { readonly kind: 'legacy' };

const legacyPaths = { authenticate: '/auth/authenticate', refresh: '/auth/refreshToken' } as const;
type LegacyPath = (typeof legacyPaths)[keyof typeof legacyPaths];

interface LegacyTokenOptions {
  readonly baseUrl: string;
  readonly credentials: LegacyCredentials;
  readonly proxy?: Proxy | null;
  readonly postJson: (path: LegacyPath, body: string) => Promise<Exchange>;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

interface LegacyGrant extends Grant {
  readonly refreshToken: string | null;
}

/** Redox, "Authenticate a legacy API key": a token lives for a day. */
const usualLifeMs = 24 * 60 * 60 * 1_000;
const shortestLifeMs = 60_000;

/**
 * Tokens for a legacy API key. Redox still accepts existing ones, for the Data Model API only. An expiring token is refreshed; a new one
 * is requested if the refresh is refused or Redox rejected the token.
 */
export function openLegacyTokens({
  baseUrl,
  credentials,
  proxy = null,
  postJson,
  retry,
  signal,
}: LegacyTokenOptions): Tokens {
  const { apiKey, apiSecret } = credentials;

  const authenticate = (): Promise<Cached<LegacyGrant>> =>
    askForToken({
      url: `${baseUrl}${legacyPaths.authenticate}`,
      proxy,
      ask: () => postJson(legacyPaths.authenticate, JSON.stringify({ apiKey, secret: apiSecret.reveal() })),
      read: readGrant,
      refusalOf: legacyRefusal,
      retry,
      signal,
    });

  const refresh = (refreshToken: string): Promise<Cached<LegacyGrant>> =>
    askForToken({
      url: `${baseUrl}${legacyPaths.refresh}`,
      proxy,
      ask: () => postJson(legacyPaths.refresh, JSON.stringify({ apiKey, refreshToken })),
      read: readGrant,
      refusalOf: legacyRefusal,
      // The key itself may still work.
      retry: { ...retry, attempts: 1 },
      signal,
    });

  return keepToken<LegacyGrant>(async (old) => {
    const refreshToken = old?.refreshToken ?? null;
    if (refreshToken === null) return authenticate();
    try {
      return await refresh(refreshToken);
    } catch (error) {
      if (!(error instanceof NeighbourFault)) throw error;
      return authenticate();
    }
  });
}

/** Names are camelCase here, snake_case in OAuth. */
function readGrant(answer: Answered): LegacyGrant | null {
  const { accessToken, expires, refreshToken } = fieldsOf(answer) ?? {};
  if (!isToken(accessToken)) return null;
  return {
    token: accessToken,
    lifeMs: lifeUntil(expires),
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : null,
  };
}

/**
 * `expires` is a time by Redox's clock. If it is implausible by ours, the documented lifetime applies; a token that ends sooner gets
 * a 401, and a new one is requested.
 */
function lifeUntil(expires: unknown): number {
  const lifeMs = (typeof expires === 'string' ? Date.parse(expires) : Number.NaN) - Date.now();
  return lifeMs >= shortestLifeMs && lifeMs <= usualLifeMs ? lifeMs : usualLifeMs;
}
