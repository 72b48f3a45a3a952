/** Where a MySQL is and how to get there, by its URL; the parameters of TLS have the names that a URL of Postgres has. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions, SslOptions } from 'mysql2';
import { UsageFault } from '../fault.ts';
import type { Secret } from '../secret.ts';

const defaultPort = 3306;

/** Host, port and database, without credentials. */
export function whereIsMysql(url: Secret): string {
  const { hostname, port, pathname } = new URL(url.reveal());
  return `${hostname}:${port === '' ? defaultPort : port}${pathname}`;
}

const isThisMachine = (host: string): boolean => /^(?:localhost|\[::1\]|127(?:\.\d+){3}|)$/i.test(host);

/** Throws if a file that the URL names cannot be read. */
export function connectionOptions(secret: Secret): ConnectionOptions {
  const url = new URL(secret.reveal());
  // The last value counts.
  const last = (name: string): string => url.searchParams.getAll(name).at(-1) ?? '';
  const socketPath = last('socket');
  const ssl = tlsOptions(url.hostname, last, socketPath !== '');
  return {
    ...(socketPath === ''
      ? { host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(url.port || defaultPort) }
      : { socketPath }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(ssl === null ? {} : { ssl }),
  };
}

/**
 * A connection to another machine is encrypted, and its server verified by name and chain, unless the URL says `sslmode=disable` (plain
 * text) or `sslmode=no-verify` (any certificate).
 */
function tlsOptions(host: string, last: (name: string) => string, isSocket: boolean): SslOptions | null {
  const mode = last('sslmode');
  const isAsked = mode !== '' || ['true', '1'].includes(last('ssl'));
  if (mode === 'disable' || (!isAsked && (isSocket || isThisMachine(host)))) return null;
  const verifies = mode !== 'no-verify';
  // The driver compares the certificate of an address with "localhost" instead.
  if (verifies && isIP(host.replaceAll(/[[\]]/g, '')) !== 0) {
    throw new UsageFault(
      `The URL of the EHR has the address ${host}, and the server's certificate can only be verified by a host name: write the name for ` +
        'which it was issued, or, on a private network, append sslmode=no-verify (any certificate) or sslmode=disable (plain text).',
    );
  }
  const file = (name: string): string => (last(name) === '' ? '' : contentOf(name, last(name)));
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')];
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verifies,
    verifyIdentity: verifies,
    ...(ca === '' ? {} : { ca }),
    ...(cert === '' ? {} : { cert }),
    ...(key === '' ? {} : { key }),
  };
}

function contentOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageFault(
      `The URL of the EHR cannot be used${code}; see that the file in its ${parameter} can be read.`,
      { cause: error },
    );
  }
}
