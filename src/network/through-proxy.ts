import { Pool, ProxyAgent } from 'undici';
import type { Connector } from './fresh-connection.ts';
import type { Proxy } from './way-out.ts';

/** Requests through a proxy. `wrap`: the connector of the tunnels, as it is to be used. */
export function proxyAgent(
  { origin: uri, authorization }: Proxy,
  wrap: (connect: Connector) => Connector,
  options: Pool.Options = {},
): ProxyAgent {
  const factory = (origin: string | URL, opened: object): Pool =>
    'connect' in opened && isConnector(opened.connect)
      ? new Pool(origin, { ...options, connect: wrap(opened.connect) })
      : new Pool(origin, options);
  const token = authorization === null ? {} : { token: authorization.reveal() };
  return new ProxyAgent({ ...options, ...token, factory, uri });
}

const isConnector = (value: unknown): value is Connector => typeof value === 'function';
