import type { Config } from '../config/config.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../decide/redox/failure.ts';
import { recentAttemptAges } from '../ledger/record/calls.ts';
import { sharedRateOf } from '../fleet/open-shared-rate.ts';
import type { Log } from '../log/log.ts';
import { openRedox, type RedoxClient } from '../redox/client.ts';
import type { LedgerServices } from '../run/services.ts';
import { clockToleranceMs } from '../redox/clock-difference.ts';

export interface ClientPolicy {
  readonly config: Pick<Config, 'redox' | 'rateLimit' | 'rateBudget' | 'concurrency'>;
  /** Where it differs from the usual one. */
  readonly retry?: Partial<RetryPolicy>;
}

/**
 * Time for calls in flight after a stop. A stop takes ten seconds at most, even if Redox never answers; the rest is for recording,
 * closing and reports.
 */
const graceMs = 6_000;

/**
 * Opens Redox. The rate limit counts the ledger's recent attempts, including those of earlier runs (decision 17).
 * `stop`: aborted by the job's signal, or by anything else that ends the starting of calls.
 */
export async function openClient(
  { config, retry = {} }: ClientPolicy,
  { ledger, signal, log }: LedgerServices,
  stop: AbortSignal,
): Promise<RedoxClient> {
  const { redox, rateLimit, concurrency } = config;
  const { attempts: triesPerCall } = { ...defaultRetryPolicy, ...retry };
  const earlierAgesMs =
    rateLimit === null ? [] : await recentAttemptAges(ledger.reader, rateLimit.windowMs, triesPerCall);
  const cutOff = new AbortController();
  const endGrace = (): void => {
    setTimeout(() => {
      cutOff.abort('signal');
    }, graceMs).unref();
  };
  if (signal.aborted) endGrace();
  signal.addEventListener('abort', endGrace, { once: true });
  // Another run may begin now; calls under way are cut off so that they cannot arrive after its calls.
  ledger.writer.onLost(() => {
    cutOff.abort('ledger_lost');
  });
  const shared = sharedRateOf({ config, log, signal: stop });
  const client = openRedox({
    redox,
    rateLimit,
    shared,
    concurrency,
    earlierAgesMs,
    onClock: clockWarning(log),
    retry,
    signal: stop,
    cutOff: cutOff.signal,
  });
  return {
    ...client,
    close: async () => {
      await client.close();
      await shared?.close();
      signal.removeEventListener('abort', endGrace);
    },
  };
}

/** Says once that the clocks differ: the token is refused for it, or soon will be. */
export function clockWarning(log: Log): (aheadMs: number) => void {
  let isLogged = false;
  return (aheadMs) => {
    if (isLogged || Math.abs(aheadMs) <= clockToleranceMs) return;
    isLogged = true;
    log('clock_off', {
      seconds: Math.round(Math.abs(aheadMs) / 1_000),
      direction: aheadMs > 0 ? 'behind' : 'ahead_of',
    });
  };
}
