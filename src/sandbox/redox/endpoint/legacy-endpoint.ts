import { randomUUID } from 'node:crypto';
import type { JsonValue } from '../../../json.ts';
import { jsonAnswer, textAnswer, type Answer } from './answer.ts';
import type { IssuedTokens } from '../issued-tokens.ts';
import { textAt } from '../messages/lookup.ts';

const lifetimeMs = 24 * 60 * 60 * 1000;

/** The legacy API key: `apiKey` and `secret` yield a token that lives a day. Its field names are camelCase, unlike OAuth's. */
export class LegacyEndpoint {
  readonly #apiKey: string;
  readonly #secret: string;
  readonly #tokens: IssuedTokens;
  readonly #refreshTokens = new Set<string>();

  constructor(credentials: { readonly apiKey: string; readonly secret: string }, tokens: IssuedTokens) {
    this.#apiKey = credentials.apiKey;
    this.#secret = credentials.secret;
    this.#tokens = tokens;
  }

  /** `POST /auth/authenticate` */
  authenticate(body: JsonValue, now: Date): Answer {
    const isKnown = textAt(body, 'apiKey') === this.#apiKey && textAt(body, 'secret') === this.#secret;
    return isKnown ? this.#issue(now.getTime()) : textAnswer(401, 'Unauthorized');
  }

  /** `POST /auth/refreshToken` */
  refresh(body: JsonValue, now: Date): Answer {
    const token = textAt(body, 'refreshToken');
    const isKnown = textAt(body, 'apiKey') === this.#apiKey && token !== null && this.#refreshTokens.has(token);
    return isKnown ? this.#issue(now.getTime()) : textAnswer(401, 'Unauthorized');
  }

  #issue(nowMs: number): Answer {
    const accessToken = randomUUID();
    const refreshToken = randomUUID();
    const expiresAtMs = nowMs + lifetimeMs;
    this.#tokens.add(accessToken, expiresAtMs, nowMs);
    this.#refreshTokens.add(refreshToken);
    return jsonAnswer(200, { accessToken, expires: new Date(expiresAtMs).toISOString(), refreshToken });
  }
}
