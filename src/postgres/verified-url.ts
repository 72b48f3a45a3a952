import type { Secret } from '../core/secret.ts';

/** Modes in which libpq encrypts without looking at whom it talks to, or at the name only half. */
const unverified: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

/**
 * The URL with which a connection is opened. Whoever asks for TLS gets it verified, name and chain: `require` that takes any
 * certificate protects from nobody who can answer in the server's place. node-postgres 8 reads these modes as `verify-full` and says
 * that the next major will not, so it is written out. `sslmode=no-verify`, and `uselibpqcompat=true`, say in so many words that any
 * certificate will do, and stay as they are.
 */
export function verifiedUrl(secret: Secret): string {
  const given = secret.reveal();
  if (!URL.canParse(given)) return given;
  const url = new URL(given);
  if (url.searchParams.get('uselibpqcompat') === 'true') return given;
  if (!unverified.has(url.searchParams.get('sslmode') ?? '')) return given;
  return given.replace(/([?&]sslmode=)[\w-]+/, '$1verify-full');
}
