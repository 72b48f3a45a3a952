import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose';

/** Who may ask for tokens: the OAuth API key as the dashboard knows it. */
interface ApiKey {
  readonly clientId: string;
  readonly keys: readonly { readonly kid: string; readonly publicKey: JWK }[];
  /** Every value that `aud` may have. */
  readonly audiences: readonly string[];
}

/** Why an assertion is refused, in the words of the token endpoint; most faults get none. */
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

/** Checks signed assertions (JWT, private_key_jwt). Each is good for one token: its `jti` is remembered. */
export class AssertionVerifier {
  readonly #apiKey: ApiKey;
  /** `jti` to the second at which it was seen, oldest first. */
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
    if (!(await isSignedBy(key.publicKey, assertion, header.alg))) return unexplained;
    // From here on nothing waits, so that of two requests with one jti only one gets through.
    return this.#claimsHold(claims, now.getTime() / 1000) ? null : unexplained;
  }

  #claimsHold({ sub, aud, iat, exp, jti }: JWTPayload, nowS: number): boolean {
    return (
      sub === this.#apiKey.clientId &&
      typeof aud === 'string' &&
      this.#apiKey.audiences.includes(aud) &&
      isRecent(iat, nowS) &&
      (exp === undefined || isAhead(exp, nowS)) &&
      this.#isFresh(jti, nowS)
    );
  }

  #isFresh(jti: unknown, nowS: number): boolean {
    this.#forgetOld(nowS);
    if (typeof jti !== 'string' || jti === '' || this.#seen.has(jti)) return false;
    this.#seen.set(jti, nowS);
    return true;
  }

  /** A replay of an older assertion is refused for its `iat` anyway. */
  #forgetOld(nowS: number): void {
    for (const [jti, seenS] of this.#seen) {
      if (nowS - seenS <= maxAgeS + skewS) return;
      this.#seen.delete(jti);
    }
  }
}

const isRecent = (iat: unknown, nowS: number): boolean =>
  typeof iat === 'number' && iat >= nowS - maxAgeS && iat <= nowS + skewS;

const isAhead = (exp: unknown, nowS: number): boolean => typeof exp === 'number' && exp > nowS - skewS;

/** An assertion as it reads, before anybody has looked at its signature. */
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

/** True if the signature is that of the key, and made with an algorithm that Redox takes. */
async function isSignedBy(publicKey: JWK, assertion: string, alg: string | undefined): Promise<boolean> {
  try {
    await compactVerify(assertion, await importJWK(publicKey, alg), { algorithms: ['RS384', 'ES384'] });
    return true;
  } catch {
    return false;
  }
}
