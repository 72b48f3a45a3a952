/** Settings that say where something is: URLs, folders behind a scheme, and where to listen. */
import { existsSync } from 'node:fs';
import { Secret } from '../../secret.ts';
import { serverKindOf, serverKinds, serversOf } from '../../network/server-list.ts';
import { format, InvalidSetting } from './format.ts';
import { pathOf } from '../file/path.ts';
import { requireTlsParameters } from './tls-parameters.ts';

const parseUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

function postgresUrl(text: string): Secret {
  const given = new Secret(text);
  for (const server of serversOf(given)) requireTlsParameters(databaseUrlIn(server.reveal()).searchParams);
  if (serverKindOf(given) === null) {
    throw new InvalidSetting(`which has an unknown target_session_attrs (expected ${serverKinds.join(', ')})`);
  }
  return given;
}

function databaseUrlIn(text: string): URL {
  const url = parseUrl(text);
  if (url === null) throw new InvalidSetting('which is not a URL (percent-encode special characters of the password)');
  if (isTorn(text, url))
    throw new InvalidSetting('which is torn by a special character (percent-encode those of the password)');
  return url;
}

/** A MySQL or a MariaDB; a contract's names are looked up in the database of the path. */
function mysqlUrl(text: string): Secret {
  const url = databaseUrlIn(text);
  if (url.pathname.replace('/', '') === '') throw new InvalidSetting('which names no database after the host');
  if (![url.username, url.password, url.pathname].every(isDecodable))
    throw new InvalidSetting('which has a % that encodes nothing (write %25 for a % of the password)');
  requireTlsParameters(url.searchParams);
  return new Secret(text);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A bare `/`, `?` or `#` in a password ends the host too early: the rest of the password would be taken for a path. */
const isTorn = (text: string, url: URL): boolean => url.hash !== '' || (text.includes('@') && url.username === '');

/** The part of a database's address that may be shown: its host and path, without credentials and parameters. */
export function harmlessPart(given: string): string {
  const text = given.trim();
  if (/^(csv|fhir|embedded):/i.test(text)) return text;
  const urls = serversOf(new Secret(text)).map((server) => parseUrl(server.reveal()));
  const [first] = urls;
  const hosts = urls.flatMap((url) => (url === null || isTorn(text, url) ? [] : [url.host]));
  if (first === undefined || first === null || hosts.length < urls.length) return '***';
  return `${first.protocol}//***@${hosts.join(',')}${first.pathname}`;
}

const schemeOf = (text: string): string => /^[a-z]+(?=:)/i.exec(text)?.[0].toLowerCase() ?? '';
const isPostgres = (scheme: string): boolean => scheme === 'postgres' || scheme === 'postgresql';

function folderAfter(scheme: string, text: string): string {
  const path = text.slice(scheme.length + 1).trim();
  if (path === '') throw new InvalidSetting(`which names no folder after ${scheme}:`);
  // In a URL two slashes begin a host: whether the root or the current folder is meant shows only where the folder is there.
  if (/^\/\/[^/]/.test(path) && !existsSync(path)) {
    const ways = `${scheme}:/… begins at the root, ${scheme}:… at the current folder`;
    throw new InvalidSetting(`which has two slashes after ${scheme}: and names no folder that is there (${ways})`);
  }
  return pathOf(path);
}

/** An address without a scheme, or with a strange one; often it is the path of a folder. */
function unknownAddress(scheme: string, text: string, folderScheme: 'csv' | 'embedded'): InvalidSetting {
  if (scheme === 'file' || /^[~./]/.test(text))
    return new InvalidSetting(`which is a path (write ${folderScheme}: before it)`);
  return new InvalidSetting(scheme === '' ? 'which has no scheme' : `which starts with ${scheme}:`);
}

export const ehrUrl = format((given) => {
  const text = given.trim();
  const scheme = schemeOf(text);
  if (isPostgres(scheme)) return { kind: 'postgres' as const, url: postgresUrl(text) };
  if (scheme === 'csv') return { kind: 'csv' as const, folder: folderAfter('csv', text) };
  if (scheme === 'fhir') return { kind: 'fhir' as const, folder: folderAfter('fhir', text) };
  if (scheme === 'mysql' || scheme === 'mariadb') return { kind: 'mysql' as const, url: mysqlUrl(text) };
  throw unknownAddress(scheme, text, 'csv');
});

export const ledgerUrl = format((given) => {
  const text = given.trim();
  const scheme = schemeOf(text);
  if (isPostgres(scheme)) return { kind: 'postgres' as const, url: postgresUrl(text) };
  if (scheme === 'embedded') return { kind: 'embedded' as const, folder: folderAfter('embedded', text) };
  throw unknownAddress(scheme, text, 'embedded');
});

export const databaseUrl = format((given) => {
  const text = given.trim();
  const scheme = schemeOf(text);
  if (isPostgres(scheme)) return postgresUrl(text);
  throw new InvalidSetting(scheme === '' ? 'which has no scheme' : `which starts with ${scheme}:`);
});

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

/** http is for a service on the same machine: anywhere else it would carry patients in the clear. */
function webUrlIn(text: string): URL {
  const url = parseUrl(text);
  if (url === null) throw new InvalidSetting('which is not a URL');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new InvalidSetting('which is not https');
  }
  if (url.username !== '' || url.password !== '') throw new InvalidSetting('which has a user or a password in it');
  return url;
}

export const baseUrl = format((text) => {
  const url = webUrlIn(text);
  if (url.search !== '' || url.hash !== '') throw new InvalidSetting('which has more than a host and a path');
  return text.replace(/\/+$/, '');
});

/** The address of the alerts. Many such services put a secret into the path, so the whole address counts as one. */
export const alertUrl = format((text) => {
  webUrlIn(text);
  return new Secret(text);
});

/** `9464` of this machine alone, or `<address>:9464`. */
export const listenAddress = format((text) => {
  const [, host, port] = /^(?:(\[[\da-f:]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === undefined) throw new InvalidSetting('which is not <port> or <address>:<port>');
  if (Number(port) < 1 || Number(port) > 65_535) throw new InvalidSetting('which is no port');
  return { host: (host ?? '127.0.0.1').replaceAll(/[[\]]/g, ''), port: Number(port) };
});
