import pg from 'pg';
import { askBeside, type OpenBeside } from './beside.ts';
import type { Greeting } from './connect/greeting.ts';
import { statement } from './sql-file.ts';

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
