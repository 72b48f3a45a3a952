/** Sends queries at Redox's rate and reads their answers. */
import { setMaxListeners } from 'node:events';
import { bounded } from '../../async/bounded.ts';
import type { RedoxAddress, RedoxConfig } from '../../config/config.ts';
import type { Exchange } from '../../decide/outcome.ts';
import { backOffMs, defaultRetryPolicy, retryAfterMs } from '../../decide/redox/failure.ts';
import { openRate } from '../rate.ts';
import { openTransport, type RatedOptions } from '../transport.ts';
import { type Answer, parseAnswer } from './parse-answer.ts';
import { repeated } from './repeated.ts';

export interface QueryOptions extends RatedOptions {
  readonly redox: Pick<RedoxConfig, 'destinationId' | 'environment' | 'patientOid' | 'organizationOid'> & RedoxAddress;
  readonly concurrency: number;
  /** A document may be twice as large as the largest message. */
  readonly documentSizeLimitBytes: number;
  /** Its abort also ends the queries in flight. */
  readonly cutOff: AbortSignal;
}

/** A thousand documents take some hundred kilobytes. */
export const largestList = 8 * 1024 * 1024;

export interface Asker {
  ask(body: string, keptBytes: number): Promise<Answer>;
  takeMade(): number;
  close(): Promise<void>;
}

/** A query changes nothing, so it may be repeated. */
export function openAsker(options: QueryOptions): Asker {
  const { signal, cutOff } = options;
  // Every waiting query adds a listener; Node reports more than ten as a leak.
  setMaxListeners(0, signal, cutOff);
  const retry = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport(options, retry);
  const slot = bounded(options.concurrency, signal);
  const rate = openRate({ limit: options.rateLimit, earlierAgesMs: options.earlierAgesMs, signal });
  let made = 0;

  const askOnce = async (body: string, keptBytes: number): Promise<Exchange> => {
    const permit = await rate.take();
    try {
      const token = await transport.token();
      const exchange = await slot(() => {
        made += 1;
        return transport.query(body, token, keptBytes);
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
    ask: async (body, keptBytes) => parseAnswer(await repeated(() => askOnce(body, keptBytes), retry, signal)),
    takeMade: () => {
      const since = made;
      made = 0;
      return since;
    },
    close: () => transport.close(),
  };
}
