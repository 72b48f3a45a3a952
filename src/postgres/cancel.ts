import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Greeting } from './connect/greeting.ts';
import { answer } from './connect/pooler.ts';
import { statement } from './sql-file.ts';

/** A cancel that arrives between two statements has no effect, so it is sent again and again. */
const everyMs = 250;
/** A server that takes longer to let us in is not going to cancel in time either. */
const patienceMs = 2_000;

/** Opens a client beside the session: the same URL, the same role, the same TLS. */
export type OpenBeside = () => { readonly client: pg.Client; readonly leave: () => void };

/** Has the server cancel what a session executes, until `over`. Resolves when no cancel is on its way any more; never rejects. */
export async function cancelUntil(over: AbortSignal, target: Greeting, open: OpenBeside): Promise<void> {
  while (!over.aborted) {
    await cancelOnce(target, open);
    await sleep(everyMs, null, { signal: over }).catch(() => undefined);
  }
}

/** On a connection of its own, because the session's is busy. A role may cancel what it runs itself. */
async function cancelOnce({ processId, started }: Greeting, open: OpenBeside): Promise<void> {
  const { client, leave } = open();
  // A connection that fails leaves the statement running; the next try opens another.
  client.on('error', () => undefined);
  const asked = client
    .connect()
    .then(() => client.query(statement('session/cancel_statement').text, [processId, started]))
    .then(() => client.end());
  await answer(asked, patienceMs).catch(() => undefined);
  leave();
}
