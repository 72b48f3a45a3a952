import { setMaxListeners } from 'node:events';
import type { PlatformConfig, RedoxConfig } from '../../config/config.ts';
import type { MessageLog } from '../../decide/redox/confirmation.ts';
import type { Exchange } from '../../decide/outcome.ts';
import { defaultRetryPolicy } from '../../decide/redox/failure.ts';
import { NeighbourFault } from '../../fault.ts';
import { openRate } from '../rate.ts';
import { repeated } from '../query/repeated.ts';
import { openTransport, type RatedOptions } from '../transport.ts';
import { parseLog, parseSearch, type Cursor, type LogPage } from './parse-logs.ts';

export const dataModes = ['realtime', 'backfill'] as const;
export type DataMode = (typeof dataModes)[number];

export interface PlatformOptions extends RatedOptions {
  readonly platform: PlatformConfig;
  readonly redox: RedoxConfig;
  readonly onQuery: () => Promise<void>;
}

/** Which logs a search finds. Both times are included. */
export interface LogSearch {
  readonly dataModel: string;
  readonly dataMode: DataMode;
  readonly from: Date;
  readonly to: Date;
}

/** Redox's Platform API, with a user-level key. Each query rejects with a NeighbourFault unless it gets a readable answer. */
export interface PlatformClient {
  search(search: LogSearch, cursor: Cursor | null): Promise<LogPage>;
  /** One log by its id; null if there is none; `unreadable` if Redox refuses the question: nothing documents the path for these ids. */
  log(id: string, dataMode: DataMode): Promise<MessageLog | null | 'unreadable'>;
  queries(): number;
  close(): Promise<void>;
}

const logsPerPage = 50;

export function openPlatform(options: PlatformOptions): PlatformClient {
  const { platform, redox, signal } = options;
  // Every query adds a listener; Node reports more than ten as a leak.
  setMaxListeners(0, signal);
  const retry = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport(
    {
      ...options,
      redox: { ...redox, sourceId: null, credentials: platform.credentials },
      concurrency: 1,
      cutOff: signal,
    },
    retry,
  );
  const rate = openRate({ limit: options.rateLimit, earlierAgesMs: options.earlierAgesMs, signal });
  let queries = 0;

  const askOnce = async (path: string, body: string | null): Promise<Exchange> => {
    const permit = await rate.take();
    try {
      const token = await transport.token().catch(underItsOwnName);
      queries += 1;
      const exchange = await transport.ask(path, body, token);
      await options.onQuery();
      if (exchange.kind === 'answered' && exchange.httpStatus === 401) transport.forget(token);
      return exchange;
    } finally {
      permit.spend();
    }
  };

  const ask = (path: string, body: string | null): Promise<Exchange> =>
    repeated(() => askOnce(path, body), retry, signal);

  return {
    search: async ({ dataModel, dataMode, from, to }, cursor) => {
      const path = `/platform/v1/environments/${encodeURIComponent(platform.environmentId)}/logs/search/metadata`;
      const parameters = new URLSearchParams({ _count: String(logsPerPage) });
      if (cursor !== null) parameters.set(cursor.name, cursor.value);
      const query = {
        dataModel,
        dataMode,
        createdAfter: from.toISOString(),
        createdBefore: to.toISOString(),
        destinationId: redox.destinationId,
        ...(redox.sourceId === null ? {} : { sourceId: redox.sourceId }),
      };
      const exchange = await ask(`${path}?${parameters.toString()}`, JSON.stringify(query));
      const page = isGood(exchange) ? parseSearch(exchange.body) : null;
      if (page === null) throw refusalOf(`POST ${path}`, exchange);
      return page;
    },
    log: async (id, dataMode) => {
      const path = `/platform/v1/organizations/${encodeURIComponent(platform.organizationId)}/logs/${encodeURIComponent(id)}`;
      const exchange = await ask(`${path}?dataMode=${dataMode}`, null);
      if (exchange.kind === 'answered' && exchange.httpStatus === 404) return null;
      if (isRefused(exchange)) return 'unreadable';
      if (!isGood(exchange)) throw refusalOf('GET /platform/v1/organizations/…/logs/…', exchange);
      return parseLog(exchange.body, id) ?? 'unreadable';
    },
    queries: () => queries,
    close: () => transport.close(),
  };
}

const isGood = (exchange: Exchange): exchange is Exchange & { readonly kind: 'answered' } =>
  exchange.kind === 'answered' && exchange.httpStatus >= 200 && exchange.httpStatus < 300;

/** A fault of the question, not of the key or the pace. */
const isRefused = (exchange: Exchange): boolean =>
  exchange.kind === 'answered' &&
  exchange.httpStatus >= 400 &&
  exchange.httpStatus < 500 &&
  ![401, 408, 429].includes(exchange.httpStatus);

/** The token's own faults name the settings of the source's key. */
function underItsOwnName(error: unknown): never {
  if (!(error instanceof NeighbourFault)) throw error;
  const message = error.message.replaceAll(/\bREDOX_(CLIENT_ID|KEY_ID|PRIVATE_KEY)\b/g, 'REDOX_PLATFORM_$1');
  throw new NeighbourFault(`For the Platform API: ${message}`, { cause: error });
}

function refusalOf(asked: string, exchange: Exchange): NeighbourFault {
  const came = exchange.kind === 'answered' ? `HTTP ${exchange.httpStatus}` : exchange.errorCode;
  return new NeighbourFault(
    `Redox's logs could not be read (${asked}): ${came}${isGood(exchange) ? ', an answer that is no JSON object' : ''}. ${remedyOf(exchange)} ` +
      'Nothing is lost: the next run asks again.',
  );
}

function remedyOf(exchange: Exchange): string {
  if (exchange.kind === 'unanswered') return 'Check that this machine may reach the address.';
  const { httpStatus } = exchange;
  if (httpStatus === 401)
    return 'Check REDOX_PLATFORM_CLIENT_ID: it takes a user-level API key, not the key of the source.';
  if (httpStatus === 403 || httpStatus === 404)
    return 'Check REDOX_ENVIRONMENT_ID and REDOX_ORGANIZATION_ID, and that the key’s user has a role in this environment.';
  if (httpStatus === 429) return 'Another program may share this address: lower PLATFORM_RATE_LIMIT.';
  return 'See Redox’s status page.';
}
