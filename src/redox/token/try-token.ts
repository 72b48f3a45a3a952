import type { RedoxAddress } from '../../config/config.ts';
import { Fault } from '../../fault.ts';
import { defaultRetryPolicy } from '../../decide/redox/failure.ts';
import { openTransport } from '../transport.ts';

interface TokenTrial {
  /** The reason and remedy of a refusal; null if Redox granted a token. */
  readonly fault: Fault | null;
  /** How far Redox's clock is ahead of ours, by its `Date` header (whole seconds); null without one. */
  readonly aheadMs: number | null;
}

/** Requests a token, once, without sending a message. */
export async function tryToken(redox: RedoxAddress, signal: AbortSignal): Promise<TokenTrial> {
  let aheadMs: number | null = null;
  const onClock = (ms: number): void => {
    aheadMs = ms;
  };
  try {
    const options = { redox, concurrency: 1, signal, cutOff: signal, onClock };
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
