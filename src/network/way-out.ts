/**
 * Chooses how TLS connections leave this machine: directly, or through the proxy in the environment, read as curl reads
 * it. Plain HTTP is used only for services on this machine, so it bypasses the proxy.
 */
import { Secret } from '../secret.ts';

export interface Proxy {
  /** The variable that names the proxy, and its source. */
  readonly name: string;
  /** Without user and password. */
  readonly origin: string;
  readonly host: string;
  /** The header `Proxy-Authorization`; null without a user. */
  readonly authorization: Secret | null;
}

export interface WayOut {
  /** Null where none is set; a text with the reason where the value is invalid. */
  readonly proxy: Proxy | string | null;
  /** Hosts that bypass the proxy, as listed in NO_PROXY. */
  readonly exceptions: string;
}

/** The first non-empty variable of these names, with its source; null if all are empty. */
type LookUp = (names: readonly string[]) => { readonly name: string; readonly text: string } | null;

/** curl's order: lower case first, and the protocol's own variable before `all_proxy`. */
const proxyNamesInTurn = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const exceptionNames = ['no_proxy', 'NO_PROXY'];
const plainNames = ['http_proxy', 'HTTP_PROXY'];

/** Every variable that concerns proxies. */
export const proxyNames: readonly string[] = [...proxyNamesInTurn, ...exceptionNames, ...plainNames];

export function wayOutBy(lookUp: LookUp): WayOut {
  const given = lookUp(proxyNamesInTurn);
  const exceptions = lookUp(exceptionNames)?.text ?? '';
  return { proxy: given === null ? null : proxyIn(given.name, given.text), exceptions };
}

export const wayOutOfEnvironment = (environment: Readonly<Record<string, string | undefined>>): WayOut =>
  wayOutBy((names) => {
    const name = names.find((one) => (environment[one] ?? '') !== '');
    return name === undefined ? null : { name, text: environment[name] ?? '' };
  });

/** The proxy for an address; a text where its setting is invalid; null for a direct connection. */
export function proxyFor(address: string, { proxy, exceptions }: WayOut): Proxy | string | null {
  const { protocol, hostname, port } = new URL(address);
  return protocol !== 'https:' || isExcepted(hostname, port === '' ? '443' : port, exceptions) ? null : proxy;
}

/** `proxy:3128`, `http://user:p%40ss@proxy:3128`. The password ends at the last @, because it may contain any character. */
function proxyIn(name: string, given: string): Proxy | string {
  const text = given.trim();
  const invalid = (why: string): string =>
    `${name} has an invalid value (not shown): it ${why}; expected http://<host>:<port>, with <user>:<password>@ before the host if the proxy requires them.`;
  if (/^(['"`])[^]*\1$/.test(text)) return invalid('has quotes around it, as docker --env-file leaves them');
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  if (scheme?.startsWith('socks') === true) return invalid('names a SOCKS proxy, but only HTTP proxies are supported');
  if (scheme !== null && scheme !== 'http' && scheme !== 'https') return invalid(`starts with ${scheme}:`);
  const authority = text.slice(scheme === null ? 0 : scheme.length + '://'.length);
  const at = authority.lastIndexOf('@');
  const address = `${scheme ?? 'http'}://${authority.slice(at + 1)}`;
  if (!/^\w+:\/\/(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?\/?$/i.test(address) || !URL.canParse(address)) {
    return invalid('has no host and port of a proxy');
  }
  const { origin, hostname, port, protocol } = new URL(address);
  if (port === '0') return invalid('names port 0');
  return {
    name,
    origin,
    host: `${hostname}:${port !== '' ? port : protocol === 'https:' ? '443' : '80'}`,
    authorization: at < 0 ? null : authorizationOf(authority.slice(0, at)),
  };
}

function authorizationOf(userInfo: string): Secret {
  const [user = '', ...password] = userInfo.split(':');
  const words = `${decoded(user)}:${decoded(password.join(':'))}`;
  return new Secret(`Basic ${Buffer.from(words).toString('base64')}`);
}

/** A percent sign that encodes nothing stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}

/** `example.org` and `.example.org` exclude the host and its subdomains, `example.org:8443` one port, `*` everything. */
function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, host = '', of] = /^(?:\*?\.)?(\[[^\]]*\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (host === '' || (of !== undefined && of !== port)) return false;
    const bare = (name: string): string => name.replaceAll(/[[\]]/g, '');
    return bare(hostname) === bare(host) || hostname.endsWith(`.${host}`);
  });
}
