/** Queries of the organisation's own repository: `PatientSearch.Query`, and `Clinical Summary.DocumentQuery` and `.DocumentGet`. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from '../../async/bounded.ts';
import type { RateLimit, RedoxConfig } from '../../config/config.ts';
import type { Exchange } from '../../decide/outcome.ts';
import { backOffMs, defaultRetryPolicy, retryAfterMs, type RetryPolicy } from '../../decide/redox/retry.ts';
import { RefusedFault } from '../../fault.ts';
import type { JsonObject } from '../../json.ts';
import type { WayOut } from '../../network/way-out.ts';
import { openRate } from '../rate.ts';
import { freeUnit, type SharedRate } from '../shared-rate.ts';
import { openTransport } from '../transport.ts';
import { type Answer, documentIn, listingIn, parseAnswer, searchIn } from './parse-answer.ts';
import type { Queries } from './queries.ts';

export interface QueryOptions {
  readonly redox: Pick<
    RedoxConfig,
    'baseUrl' | 'credentials' | 'sourceId' | 'destinationId' | 'environment' | 'patientOid'
  >;
  readonly callTimeoutMs: number;
  readonly rateLimit: RateLimit | null;
  /** A rate that other processes use too. */
  readonly shared?: SharedRate | null;
  /** The most queries in flight. */
  readonly concurrency: number;
  readonly wayOut?: WayOut;
  /** How long ago calls of earlier runs ended: they count against the rate. */
  readonly earlierAgesMs: readonly number[];
  readonly onClock?: (aheadMs: number) => void;
  readonly retry?: Partial<RetryPolicy>;
  /** A document may be twice as large as the largest message. */
  readonly documentSizeLimitBytes: number;
  /** Its abort starts no further query, and rejects those that wait. */
  readonly signal: AbortSignal;
  /** Its abort also ends the queries in flight. */
  readonly cutOff: AbortSignal;
}

type DataModel = 'PatientSearch' | 'Clinical Summary';

/** A thousand documents take some hundred kilobytes. */
const largestList = 8 * 1024 * 1024;

export function openQueries(options: QueryOptions): Queries {
  const { redox, signal } = options;
  const { destinationId, sourceId, environment, patientOid } = redox;
  const asker = openAsker(options);
  const meta = (DataModel: DataModel, EventType: string): JsonObject => ({
    DataModel,
    EventType,
    EventDateTime: new Date().toISOString(),
    Test: environment !== 'production',
    ...(sourceId === null ? {} : { Source: { ID: sourceId } }),
    Destinations: [{ ID: destinationId }],
  });
  const ask = async (model: DataModel, event: string, rest: JsonObject, keptBytes = largestList): Promise<Answer> => {
    const answer = await asker.ask(JSON.stringify({ Meta: meta(model, event), ...rest }), keptBytes);
    if (answer.kind === 'refused') throw notAllowed(model, event, answer.why);
    signal.throwIfAborted();
    return answer;
  };
  const search = async (patient: JsonObject): Promise<Awaited<ReturnType<Queries['byKeys']>>> => {
    const answer = await ask('PatientSearch', 'Query', { Patient: patient });
    if (answer.kind === 'nothing') return { kind: 'answered', patients: [], isIncomplete: false };
    return (answer.kind === 'answered' ? searchIn(answer.body) : null) ?? { kind: 'unanswered' };
  };
  const identified = (mrn: string): JsonObject => ({ Identifiers: [{ ID: mrn, IDType: patientOid }] });

  return {
    byIdentifier: (mrn) => search(identified(mrn)),
    byKeys: (keys) => search({ Demographics: keys }),
    documentsOf: async (mrn) => {
      const answer = await ask('Clinical Summary', 'DocumentQuery', { Patient: identified(mrn) });
      if (answer.kind === 'nothing') return { kind: 'answered', documents: [] };
      return (answer.kind === 'answered' ? listingIn(answer.body) : null) ?? { kind: 'unanswered' };
    },
    document: async (id) => {
      const most = 2 * options.documentSizeLimitBytes + largestList;
      const answer = await ask('Clinical Summary', 'DocumentGet', { Document: { ID: id } }, most);
      return answer.kind === 'answered' ? documentIn(answer.body) : null;
    },
    takeMade: () => asker.takeMade(),
    close: () => asker.close(),
  };
}

/** The sentence that `doctor` says too. */
export const notAllowed = (dataModel: DataModel, event: string, why: string): RefusedFault =>
  new RefusedFault(
    `Redox does not allow ${dataModel}.${event} to REDOX_DESTINATION_ID (${whys[why] ?? why}), so the copy cannot be read back. ` +
      `Nothing was assessed. Ask Redox to add ${dataModel} from your source to your repository destination, or check REDOX_SOURCE_ID and the ` +
      'API key; then start the job again.',
  );

const whys: Readonly<Record<string, string>> = {
  no_subscription: 'no subscription',
  http_401: 'HTTP 401',
  http_403: 'HTTP 403',
};

interface Asker {
  ask(body: string, keptBytes: number): Promise<Answer>;
  takeMade(): number;
  close(): Promise<void>;
}

/** A query changes nothing, so it may be repeated. */
function openAsker(options: QueryOptions): Asker {
  const { signal, cutOff, shared = null } = options;
  // Every waiting query adds a listener; Node reports more than ten as a leak.
  setMaxListeners(0, signal, cutOff);
  const retry = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport({ ...options, ...options.redox }, retry);
  const slot = bounded(options.concurrency, signal);
  const rate = openRate({ limit: options.rateLimit, earlierAgesMs: options.earlierAgesMs, signal });
  let made = 0;

  const askOnce = async (body: string, keptBytes: number): Promise<Exchange> => {
    const permit = await rate.take();
    try {
      const token = await transport.token();
      const exchange = await slot(async () => {
        const unit = (await shared?.take()) ?? freeUnit;
        made += 1;
        return transport.query(body, token, keptBytes).finally(unit.spend);
      });
      if (exchange.kind === 'answered' && exchange.httpStatus === 401) transport.forget(token);
      if (exchange.kind === 'answered' && exchange.httpStatus === 429) {
        const waited = retryAfterMs(exchange.retryAfter, new Date());
        permit.refuse((times) => backOffMs(times, { retryAfterMs: waited, random: Math.random() }, retry));
      } else permit.spend();
      return exchange;
    } catch (error) {
      permit.spend();
      throw error;
    }
  };

  return {
    ask: async (body, keptBytes) => {
      for (let tries = 1; ; tries += 1) {
        const exchange = await askOnce(body, keptBytes);
        signal.throwIfAborted();
        if (!isTransient(exchange, tries) || tries >= retry.attempts) return parseAnswer(exchange);
        const waited = exchange.kind === 'answered' ? retryAfterMs(exchange.retryAfter, new Date()) : null;
        await sleep(backOffMs(tries, { retryAfterMs: waited, random: Math.random() }, retry), undefined, { signal });
      }
    },
    takeMade: () => {
      const since = made;
      made = 0;
      return since;
    },
    close: () => transport.close(),
  };
}

/** The first 401 may mean an expired token. */
function isTransient(exchange: Exchange, tries: number): boolean {
  if (exchange.kind === 'unanswered') return true;
  const { httpStatus } = exchange;
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429 || (httpStatus === 401 && tries === 1);
}
