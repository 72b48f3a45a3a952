import type { RedoxConfig } from '../../config/config.ts';
import { Fault } from '../../fault.ts';
import { defaultRetryPolicy } from '../../decide/retry.ts';
import type { WayOut } from '../../network/way-out.ts';
import { openTransport } from '../transport.ts';

/** What came of one request for a token. */
interface TokenTrial {
  /** Why there is none, and what to do about it; null where Redox granted one. */
  readonly fault: Fault | null;
  /** How far Redox's clock is ahead of ours, by its `Date` header, which has whole seconds; null where it sent none. */
  readonly aheadMs: number | null;
}

/** Asks for a token, once, and sends nothing with it. */
export async function tryToken(
  { baseUrl, credentials, sourceId }: Pick<RedoxConfig, 'baseUrl' | 'credentials' | 'sourceId'>,
  { callTimeoutMs, wayOut }: { readonly callTimeoutMs: number; readonly wayOut: WayOut },
  signal: AbortSignal,
): Promise<TokenTrial> {
  let aheadMs: number | null = null;
  const onClock = (ms: number): void => {
    aheadMs = ms;
  };
  try {
    const key = { baseUrl, credentials, sourceId };
    const options = { ...key, callTimeoutMs, wayOut, concurrency: 1, signal, cutOff: signal, onClock };
    const transport = openTransport(options, { ...defaultRetryPolicy, attempts: 1 });
    try {
      await transport.token();
    } finally {
      await transport.close();
    }
    return { fault: null, aheadMs };
  } catch (error) {
    if (error instanceof Fault) return { fault: error, aheadMs };
    throw error;
  }
}
