import pg from 'pg';
import type { Greeting } from './connect/greeting.ts';
import { answer } from './connect/pooler.ts';
import { type Statement, statement } from './sql-file.ts';

/** Opens a client beside the session: the same URL, the same role, the same TLS. */
export type OpenBeside = () => { readonly client: pg.Client; readonly leave: () => void };

/** Asks by a second connection about the process of a session. Null after the patience; rejects with the driver's error. */
export async function askBeside(
  open: OpenBeside,
  { text }: Statement,
  { processId, started }: Greeting,
  patienceMs: number,
): Promise<pg.QueryResult | null> {
  const { client, leave } = open();
  // What is asked fails as well.
  client.on('error', () => undefined);
  const ask = async (): Promise<pg.QueryResult> => {
    await client.connect();
    const found = await client.query(text, [processId, started]);
    await client.end();
    return found;
  };
  try {
    return await answer(ask(), patienceMs);
  } finally {
    leave();
  }
}

/** A server slower than this to connect is also too slow to cancel in time. */
const cancelPatienceMs = 2_000;

/** Cancels the statement of a session: a role may cancel its own ones. After a failure the statement still runs. Always resolves. */
export async function cancelStatement(target: Greeting, open: OpenBeside): Promise<void> {
  await askBeside(open, statement('session/cancel_statement'), target, cancelPatienceMs).catch(() => undefined);
}

const patienceMs = 20_000;

/** Asks by a second connection whether the server still serves a session. False without an answer. Never rejects. */
export async function isServed(target: Greeting, open: OpenBeside): Promise<boolean> {
  try {
    const found = await askBeside(open, statement('session/find_served'), target, patienceMs);
    return found !== null && found.rows.length > 0;
  } catch (error) {
    // A server that refuses another connection, as at its limit, is there.
    return error instanceof pg.DatabaseError;
  }
}
