import { createPrivateKey, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { UsageFault } from '../../fault.ts';
import type { RedoxCredentials } from '../../config/config.ts';

type OAuthCredentials = RedoxCredentials & { readonly kind: 'oauth' };

/** Signs a fresh assertion, because Redox accepts each only once. */
export type Signer = () => Promise<string>;

/** Redox requires `iat` within the last five minutes; `exp` says the same. */
const lifetimeSeconds = 300;

/**
 * The JWT of a token request (RFC 7523; Redox, "Authenticate with JWT"). A key that cannot sign is detected at once, as a fault of
 * the configuration.
 */
export function signerFor({ clientId, keyId, privateKey }: OAuthCredentials, audience: string): Signer {
  const key = readKey(privateKey.reveal());
  const alg = algorithmOf(key);
  return () => {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT({})
      .setProtectedHeader({ alg, kid: keyId, typ: 'JWT' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(randomUUID())
      .sign(key);
  };
}

/** Without a `cause`, because errors of Node and JSON.parse quote their input. */
function readKey(text: string): KeyObject {
  // A PEM in an environment variable is often one line with `\n` for its line ends.
  const key = text.trim().replaceAll('\\n', '\n');
  try {
    return key.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(key) as JsonWebKey, format: 'jwk' })
      : createPrivateKey(key);
  } catch {
    throw new UsageFault(
      `REDOX_PRIVATE_KEY cannot be read${keyTrouble(key)}. It must be the private key, unencrypted, as PEM (PKCS#8) or JWK; ` +
        'REDOX_PRIVATE_KEY_FILE names a file with it.',
    );
  }
}

function keyTrouble(key: string): string {
  if (key.includes('PUBLIC KEY')) return ': it is a public key';
  if (key.includes('ENCRYPTED')) return ': it is encrypted with a passphrase';
  if (/^\{\s*"keys"/.test(key)) return ': it is a key set (JWKS), not one key';
  return '';
}

function algorithmOf(key: KeyObject): 'RS384' | 'ES384' {
  if (key.asymmetricKeyType === 'rsa') {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits >= 2048) return 'RS384';
    throw new UsageFault(
      `REDOX_PRIVATE_KEY is an RSA key of ${bits} bits; Redox needs at least 2048. Make a new key pair.`,
    );
  }
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return 'ES384';
  throw new UsageFault(
    'REDOX_PRIVATE_KEY must be an RSA key (2048 bits or more) or an EC key on the curve P-384: Redox takes RS384 and ES384.',
  );
}
