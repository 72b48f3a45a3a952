import type { Config } from '../config/config.ts';
import type { Log } from '../log/log.ts';
import { openSharedRate, type SharedRate } from '../redox/shared-rate.ts';
import { RateBudget } from './rate-budget.ts';

interface Sharing {
  readonly config: Pick<Config, 'rateBudget' | 'rateLimit'> & {
    readonly redox: Pick<Config['redox'], 'destinationId' | 'callTimeoutMs'>;
  };
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Redox's own limit is 7,500; this one leaves a live feed its part. */
const usualLimit = { calls: 5_000, windowMs: 300_000 };

/** The rate that is shared with other processes; null where RATE_BUDGET_URL is not set. */
export function sharedRateOf({ config, log, signal }: Sharing): SharedRate | null {
  const { rateBudget, rateLimit, redox } = config;
  if (rateBudget === null) return null;
  const budget = new RateBudget({
    ...rateBudget,
    limit: rateLimit ?? usualLimit,
    site: redox.destinationId,
    callTimeoutMs: redox.callTimeoutMs,
    signal,
    onAway: () => {
      log('rate_budget_away', { ms: rateBudget.patienceMs });
    },
  });
  return openSharedRate(budget, signal);
}
