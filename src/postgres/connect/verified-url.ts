import type { Secret } from '../../secret.ts';

/** Modes in which libpq encrypts but skips the verification of the server, or half of it. */
const unverified: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

/** Hosts on this machine. A missing host, and a path, mean a local socket. */
const isThisMachine = (host: string): boolean =>
  host === '' || /^(?:\/|%2F|localhost$|::1$|\[::1\]$|127(?:\.\d+){3}$)/i.test(host);

/**
 * Parses as node-postgres does: `user@/database` has an empty host, which the URL standard rejects. Null if invalid.
 */
function urlOf(given: string): URL | null {
  if (URL.canParse(given)) return new URL(given);
  const hosted = given.replace('@/', '@localhost/');
  return URL.canParse(hosted) ? new URL(hosted) : null;
}

/**
 * The URL for opening a connection. A connection to another machine is encrypted, and its server verified by name and
 * chain, unless the URL opts out explicitly: `sslmode=disable` is plain text; `sslmode=no-verify` and
 * `uselibpqcompat=true` accept any certificate. `require` with any certificate would leave impersonation possible.
 * node-postgres 8 treats it as `verify-full` but announces a change in its next major version, so `verify-full` is
 * written out.
 */
export function verifiedUrl(secret: Secret): string {
  const given = secret.reveal();
  const url = urlOf(given);
  if (url === null) return given;
  // The last value counts.
  const mode = url.searchParams.getAll('sslmode').at(-1) ?? '';
  if (mode === '') {
    const saysItself = ['ssl', 'uselibpqcompat'].some((name) => url.searchParams.has(name));
    // A `host` parameter overrides the URL's own host.
    const host = url.searchParams.getAll('host').at(-1) ?? '';
    if (saysItself || isThisMachine(host === '' ? url.hostname : host)) return given;
    return asking(given, 'sslmode=verify-full');
  }
  if (url.searchParams.get('uselibpqcompat') === 'true' || !unverified.has(mode)) return given;
  return given.replace(/([?&]sslmode=)[\w-]+/g, '$1verify-full');
}

/** Adds a parameter before the fragment. */
function asking(given: string, parameter: string): string {
  const [address = '', ...fragment] = given.split('#');
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${joint}${parameter}`, ...fragment].join('#');
}
