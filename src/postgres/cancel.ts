import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Greeting } from './connect/greeting.ts';
import { answer } from './connect/pooler.ts';
import { statement } from './sql-file.ts';

/** A cancel that arrives between two statements has no effect, so it is repeated. */
const everyMs = 250;
/** A server slower than this to connect is also too slow to cancel in time. */
const patienceMs = 2_000;

/** Opens a client beside the session: the same URL, the same role, the same TLS. */
export type OpenBeside = () => { readonly client: pg.Client; readonly leave: () => void };

/** Cancels the statements of a session, repeatedly, until `over`. Always resolves, once the last cancel has arrived. */
export async function cancelUntil(over: AbortSignal, target: Greeting, open: OpenBeside): Promise<void> {
  while (!over.aborted) {
    await cancelOnce(target, open);
    await sleep(everyMs, null, { signal: over }).catch(() => undefined);
  }
}

/** Uses a second connection, because the session's is busy. A role may cancel its own statements. */
async function cancelOnce({ processId, started }: Greeting, open: OpenBeside): Promise<void> {
  const { client, leave } = open();
  // After a failed connection the statement still runs; the next try opens another.
  client.on('error', () => undefined);
  const asked = client
    .connect()
    .then(() => client.query(statement('session/cancel_statement').text, [processId, started]))
    .then(() => client.end());
  await answer(asked, patienceMs).catch(() => undefined);
  leave();
}
