import type { Config } from '../config.ts';
import type { RetryPolicy } from '../core/retry.ts';
import { recentAttempts } from '../ledger/calls.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRedox, type RedoxClient } from '../redox/client.ts';

export interface ClientRequest {
  readonly config: Pick<Config, 'redox' | 'callTimeoutMs' | 'rateLimit' | 'concurrency'>;
  /** Where it differs from the usual one. */
  readonly retry?: Partial<RetryPolicy>;
  readonly now: () => Date;
}

/** Opens Redox. The rate goes on from the ledger's attempts, whichever run made them (decision 17). */
export async function openClient(
  { config, retry = {}, now }: ClientRequest,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<RedoxClient> {
  const { redox, callTimeoutMs, rateLimit, concurrency } = config;
  const since = new Date(now().getTime() - (rateLimit?.windowMs ?? 0));
  const earlierAttempts = rateLimit === null ? [] : await recentAttempts(ledger.reader, since);
  const { baseUrl, credentials, sourceId } = redox;
  return openRedox({
    baseUrl,
    credentials,
    sourceId,
    callTimeoutMs,
    rateLimit,
    concurrency,
    earlierAttempts,
    retry,
    signal,
  });
}
