import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../decide/outcome.ts';
import { backOffMs, isWorthRepeating, retryAfterMs, type RetryPolicy } from '../../decide/redox/failure.ts';

/** Asks again while a later answer may be better. Only for queries: they change nothing. */
export async function repeated(
  ask: () => Promise<Exchange>,
  retry: RetryPolicy,
  signal: AbortSignal,
): Promise<Exchange> {
  for (let tries = 1; ; tries += 1) {
    const exchange = await ask();
    signal.throwIfAborted();
    if (!isWorthRepeating(exchange, tries) || tries >= retry.attempts) return exchange;
    const askedForMs = exchange.kind === 'answered' ? retryAfterMs(exchange.retryAfter, new Date()) : null;
    await sleep(backOffMs(tries, { retryAfterMs: askedForMs, random: Math.random() }, retry), undefined, { signal });
  }
}
