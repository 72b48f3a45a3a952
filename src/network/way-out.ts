/**
 * How what goes out by TLS leaves this machine: straight, or through the proxy that the environment names, as curl reads it. Plain
 * HTTP is a service on this machine, and needs none.
 */
import { Secret } from '../secret.ts';

export interface Proxy {
  /** The variable that names it, and where that stands. */
  readonly name: string;
  /** Without user and password. */
  readonly origin: string;
  readonly host: string;
  /** The header `Proxy-Authorization`; null where no user is given. */
  readonly authorization: Secret | null;
}

export interface WayOut {
  /** Null where none is named; a text where what is named is none, and says why. */
  readonly proxy: Proxy | string | null;
  /** Hosts that are reached straight, as NO_PROXY lists them. */
  readonly exceptions: string;
}

/** What the environment gives under a name, and where; null where it gives nothing. */
export type LookUp = (names: readonly string[]) => { readonly name: string; readonly text: string } | null;

/** As curl has it: the lower-case spelling first, and what names the protocol before what names all. */
const proxyNamesInTurn = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const exceptionNames = ['no_proxy', 'NO_PROXY'];
const plainNames = ['http_proxy', 'HTTP_PROXY'];

/** Every name that has to do with proxies. */
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

/** The proxy that what goes to an address passes; a text where it would pass what is none; null where it goes straight. */
export function proxyFor(address: string, { proxy, exceptions }: WayOut): Proxy | string | null {
  const { protocol, hostname, port } = new URL(address);
  return protocol !== 'https:' || isExcepted(hostname, port === '' ? '443' : port, exceptions) ? null : proxy;
}

/** `proxy:3128`, `http://user:p%40ss@proxy:3128`. A password may hold any character: the last @ ends it. */
function proxyIn(name: string, given: string): Proxy | string {
  const text = given.trim();
  const invalid = (why: string): string =>
    `${name} is set to a value (not shown), which ${why}; expected http://<host>:<port>, with <user>:<password>@ before the host where the proxy asks for them.`;
  if (/^(['"`])[^]*\1$/.test(text)) return invalid('has quotes around it, as docker --env-file leaves them');
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  if (scheme?.startsWith('socks') === true) return invalid('names a SOCKS proxy, and only HTTP proxies are spoken to');
  if (scheme !== null && scheme !== 'http' && scheme !== 'https') return invalid(`starts with ${scheme}:`);
  const authority = text.slice(scheme === null ? 0 : scheme.length + '://'.length);
  const at = authority.lastIndexOf('@');
  const address = `${scheme ?? 'http'}://${authority.slice(at + 1)}`;
  if (!/^\w+:\/\/(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?\/?$/i.test(address) || !URL.canParse(address)) {
    return invalid('has no host and port behind it that could be a proxy');
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

/** A percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}

/** `example.org` and `.example.org` except the host and all below it, `example.org:8443` one port of them, `*` everything. */
function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, host = '', of] = /^(?:\*?\.)?(\[[^\]]*\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (host === '' || (of !== undefined && of !== port)) return false;
    const bare = (name: string): string => name.replaceAll(/[[\]]/g, '');
    return bare(hostname) === bare(host) || hostname.endsWith(`.${host}`);
  });
}
