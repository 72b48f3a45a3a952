import type { Secret } from '../core/secret.ts';

/** Modes in which libpq encrypts without looking at whom it talks to, or at the name only half. */
const unverified: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

/** Hosts whose connections do not leave this machine. No host at all, and a path, are sockets of this machine. */
const isThisMachine = (host: string): boolean =>
  host === '' || host.startsWith('%2F') || host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);

/**
 * The URL with which a connection is opened. A connection that leaves this machine is encrypted and verified, name and chain, unless
 * the URL says otherwise in so many words: `sslmode=disable` is plain text, `sslmode=no-verify` and `uselibpqcompat=true` take any
 * certificate. `require` that takes any certificate protects from nobody who can answer in the server's place; node-postgres 8 reads
 * it as `verify-full` and says that the next major will not, so that is written out.
 */
export function verifiedUrl(secret: Secret): string {
  const given = secret.reveal();
  if (!URL.canParse(given)) return given;
  const url = new URL(given);
  const mode = url.searchParams.get('sslmode');
  if (mode === null) {
    const saysItself = ['ssl', 'uselibpqcompat', 'host'].some((name) => url.searchParams.has(name));
    if (saysItself || isThisMachine(url.hostname)) return given;
    return `${given}${url.search === '' ? '?' : '&'}sslmode=verify-full`;
  }
  if (url.searchParams.get('uselibpqcompat') === 'true' || !unverified.has(mode)) return given;
  return given.replace(/([?&]sslmode=)[\w-]+/, '$1verify-full');
}
