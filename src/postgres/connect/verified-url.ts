import type { Secret } from '../../secret.ts';

/** Modes in which libpq encrypts without looking at whom it talks to, or at the name only half. */
const unverified: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

/** Hosts whose connections do not leave this machine. No host at all, and a path, are sockets of this machine. */
const isThisMachine = (host: string): boolean =>
  host === '' || /^(?:\/|%2F|localhost$|::1$|\[::1\]$|127(?:\.\d+){3}$)/i.test(host);

/** As node-postgres reads it: `user@/database` has no host, which is no URL to others. Null where it reads none either. */
function urlOf(given: string): URL | null {
  if (URL.canParse(given)) return new URL(given);
  const hosted = given.replace('@/', '@localhost/');
  return URL.canParse(hosted) ? new URL(hosted) : null;
}

/**
 * The URL with which a connection is opened. A connection that leaves this machine is encrypted and verified, name and chain, unless
 * the URL says otherwise in so many words: `sslmode=disable` is plain text, `sslmode=no-verify` and `uselibpqcompat=true` take any
 * certificate. `require` that takes any certificate protects from nobody who can answer in the server's place; node-postgres 8 reads
 * it as `verify-full` and says that the next major will not, so that is written out.
 */
export function verifiedUrl(secret: Secret): string {
  const given = secret.reveal();
  const url = urlOf(given);
  if (url === null) return given;
  // What stands last is what counts.
  const mode = url.searchParams.getAll('sslmode').at(-1) ?? '';
  if (mode === '') {
    const saysItself = ['ssl', 'uselibpqcompat'].some((name) => url.searchParams.has(name));
    // A host among the parameters stands in the place of the URL's own.
    const host = url.searchParams.getAll('host').at(-1) ?? '';
    if (saysItself || isThisMachine(host === '' ? url.hostname : host)) return given;
    return asking(given, 'sslmode=verify-full');
  }
  if (url.searchParams.get('uselibpqcompat') === 'true' || !unverified.has(mode)) return given;
  return given.replace(/([?&]sslmode=)[\w-]+/g, '$1verify-full');
}

/** The URL with one more parameter, before a fragment if it has one. */
function asking(given: string, parameter: string): string {
  const [address = '', ...fragment] = given.split('#');
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${joint}${parameter}`, ...fragment].join('#');
}
