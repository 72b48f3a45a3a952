import {
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';

/** The OAuth API key, as registered in the dashboard. */
interface ApiKey {
  readonly clientId: string;
  readonly keys: readonly { readonly kid: string; readonly publicKey: JWK }[];
  /** The allowed values of `aud`. */
  readonly audiences: readonly string[];
}

/** A refusal in the token endpoint's words; most faults have no description. */
export interface AssertionFault {
  readonly status: 400 | 401;
  readonly description: string;
}

const unexplained: AssertionFault = { status: 400, description: '' };
const noKid: AssertionFault = { status: 400, description: 'JWT header kid property is required' };
const unknownKey: AssertionFault = {
  status: 401,
  description: 'Public key not found, check client_id, kid and Redox dashboard settings',
};

const maxAgeS = 300;
const skewS = 10;

/** Checks signed assertions (JWT, private_key_jwt). Each `jti` is accepted once. */
export class AssertionVerifier {
  readonly #apiKey: ApiKey;
  /** `jti` to the second of its use, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(apiKey: ApiKey) {
    this.#apiKey = apiKey;
  }

  /** Null if the assertion is good. */
  async faultOf(assertion: string, now: Date): Promise<AssertionFault | null> {
    const decoded = decode(assertion);
    if (decoded === null) return unexplained;
    const { header, claims } = decoded;
    if (header.kid === undefined || header.kid === '') return noKid;
    const key = this.#apiKey.keys.find(({ kid }) => kid === header.kid);
    if (key === undefined || claims.iss !== this.#apiKey.clientId) return unknownKey;
    // `typ` may be missing, as in Redox's own sample.
    if ((header.typ ?? 'JWT') !== 'JWT') return unexplained;
    if (typeof claims.aud !== 'string' || !(await this.#isGood(assertion, key.publicKey, header.alg, now))) {
      return unexplained;
    }
    // Synchronous from here on, so that only one of two requests with the same jti succeeds.
    return this.#isFresh(claims.jti, now.getTime() / 1000) ? null : unexplained;
  }

  /** True for a valid signature in an algorithm that Redox accepts, over claims that hold. */
  async #isGood(assertion: string, publicKey: JWK, alg: string | undefined, currentDate: Date): Promise<boolean> {
    const { clientId: subject, audiences } = this.#apiKey;
    try {
      await jwtVerify(assertion, await importJWK(publicKey, alg), {
        algorithms: ['RS384', 'ES384'],
        subject,
        audience: [...audiences],
        // The tolerance applies to the age, too.
        maxTokenAge: maxAgeS - skewS,
        clockTolerance: skewS,
        currentDate,
      });
      return true;
    } catch {
      return false;
    }
  }

  #isFresh(jti: unknown, nowS: number): boolean {
    this.#forgetOld(nowS);
    if (typeof jti !== 'string' || jti === '' || this.#seen.has(jti)) return false;
    this.#seen.set(jti, nowS);
    return true;
  }

  /** Older assertions are refused for their `iat`. */
  #forgetOld(nowS: number): void {
    for (const [jti, seenS] of this.#seen) {
      if (nowS - seenS <= maxAgeS + skewS) return;
      this.#seen.delete(jti);
    }
  }
}

/** A parsed assertion with an unverified signature. */
interface Unverified {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

function decode(assertion: string): Unverified | null {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    return null;
  }
}
