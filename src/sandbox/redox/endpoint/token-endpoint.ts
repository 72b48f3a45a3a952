import { randomBytes } from 'node:crypto';
import { jsonAnswer, type Answer } from './answer.ts';
import type { AssertionFault, AssertionVerifier } from '../assertion.ts';
import type { IssuedTokens } from '../issued-tokens.ts';

/** The path, also part of `aud`. */
export const tokenPath = '/v2/auth/token';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface TokenRequest {
  readonly contentType: string;
  readonly body: string;
}

/** `POST /v2/auth/token`: exchanges a signed assertion, as a form, for a token of a few minutes. */
export class TokenEndpoint {
  readonly #verifier: AssertionVerifier;
  readonly #tokens: IssuedTokens;
  readonly #lifetimeS: number;

  constructor(verifier: AssertionVerifier, tokens: IssuedTokens, lifetimeS: number) {
    this.#verifier = verifier;
    this.#tokens = tokens;
    this.#lifetimeS = lifetimeS;
  }

  async answer(request: TokenRequest, now: Date): Promise<Answer> {
    const form = new URLSearchParams(request.body);
    const description = formFault(request.contentType, form);
    if (description !== null) return tokenRefusal({ status: 400, description });
    const fault = await this.#verifier.faultOf(form.get('client_assertion') ?? '', now);
    return fault === null ? this.#issue(form.get('scope') ?? '', now.getTime()) : tokenRefusal(fault);
  }

  #issue(scope: string, nowMs: number): Answer {
    const token = randomBytes(32).toString('base64url');
    this.#tokens.add(token, nowMs + this.#lifetimeS * 1000, nowMs);
    return jsonAnswer(
      200,
      { access_token: token, token_type: 'Bearer', expires_in: this.#lifetimeS, scope },
      { 'cache-control': 'no-store' },
    );
  }
}

export function tokenRefusal({ status, description }: Omit<AssertionFault, 'status'> & { status: number }): Answer {
  return jsonAnswer(status, {
    error: 'invalid_request',
    error_description: description,
    error_uri: 'https://docs.redoxengine.com/permalink/stand-in',
  });
}

function formFault(contentType: string, form: URLSearchParams): string | null {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)) {
    return 'x-www-form-urlencoded content-type required';
  }
  if (!form.has('grant_type')) return 'Missing grant_type parameter';
  if (form.get('grant_type') !== 'client_credentials') {
    return "The grant_type parameter should equal 'client_credentials'";
  }
  if (!form.has('client_assertion_type')) return 'Missing client assertion type';
  if (form.get('client_assertion_type') !== assertionType) return 'Invalid client assertion type';
  if ((form.get('client_assertion') ?? '') === '') return 'Missing client assertion';
  return null;
}
