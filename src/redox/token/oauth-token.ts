import type { Exchange } from '../../decide/outcome.ts';
import type { RetryPolicy } from '../../decide/redox/failure.ts';
import type { Proxy } from '../../network/way-out.ts';
import type { Signer } from './assertion.ts';
import { oauthRefusal } from './token-refusal.ts';
import { askForToken, fieldsOf, isToken, keepToken, type Answered, type Grant, type Tokens } from './token.ts';

interface OAuthTokenOptions {
  readonly url: string;
  readonly proxy?: Proxy | null;
  readonly sign: Signer;
  readonly postForm: (body: string) => Promise<Exchange>;
  /** How far Redox's clock was ahead of ours at its last answer; null before one. */
  readonly clockAheadMs: () => number | null;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

/** Redox's tokens live five minutes; the default without `expires_in`. */
const usualLifeSeconds = 300;

/** Tokens for an OAuth API key, each requested with a fresh assertion, because OAuth here has no refresh token. */
export const openOAuthTokens = ({
  url,
  proxy = null,
  sign,
  postForm,
  clockAheadMs,
  retry,
  signal,
}: OAuthTokenOptions): Tokens =>
  keepToken(() =>
    askForToken({
      url,
      proxy,
      ask: async () => postForm(form(await sign())),
      read: readGrant,
      refusalOf: (body) => oauthRefusal(body, clockAheadMs()),
      retry,
      signal,
    }),
  );

function form(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}

function readGrant(answer: Answered): Grant | null {
  const { access_token: token, expires_in: expiresIn } = fieldsOf(answer) ?? {};
  if (!isToken(token)) return null;
  const seconds = Number(expiresIn ?? usualLifeSeconds);
  return { token, lifeMs: (seconds > 0 ? seconds : usualLifeSeconds) * 1_000 };
}
