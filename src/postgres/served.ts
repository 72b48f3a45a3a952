import pg from 'pg';
import type { OpenBeside } from './cancel.ts';
import type { Greeting } from './connect/greeting.ts';
import { answer } from './connect/pooler.ts';
import { statement } from './sql-file.ts';

const patienceMs = 20_000;

/** Asks by a second connection whether the server still serves a session. False without an answer. Never rejects. */
export async function isServed({ processId, started }: Greeting, open: OpenBeside): Promise<boolean> {
  const { client, leave } = open();
  // The question below fails as well.
  client.on('error', () => undefined);
  try {
    const asked = client
      .connect()
      .then(() => client.query(statement('session/find_served').text, [processId, started]));
    const found = await answer(asked, patienceMs);
    return found !== null && found.rows.length > 0;
  } catch (error) {
    // A server that refuses another connection, as at its limit, is there.
    return error instanceof pg.DatabaseError;
  } finally {
    leave();
  }
}
