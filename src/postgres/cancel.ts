import { setTimeout as sleep } from 'node:timers/promises';
import { askBeside, type OpenBeside } from './beside.ts';
import type { Greeting } from './connect/greeting.ts';
import { statement } from './sql-file.ts';

/** A cancel that arrives between two statements has no effect, so it is repeated. */
const everyMs = 250;
/** A server slower than this to connect is also too slow to cancel in time. */
const patienceMs = 2_000;

/** Cancels the statements of a session, repeatedly, until `over`. Always resolves, once the last cancel has arrived. */
export async function cancelUntil(over: AbortSignal, target: Greeting, open: OpenBeside): Promise<void> {
  while (!over.aborted) {
    // A role may cancel its own statements. After a failure the statement still runs; the next try opens another connection.
    await askBeside(open, statement('session/cancel_statement'), target, patienceMs).catch(() => undefined);
    await sleep(everyMs, null, { signal: over }).catch(() => undefined);
  }
}
