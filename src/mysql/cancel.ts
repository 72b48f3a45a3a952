import type { ConnectionOptions } from 'mysql2';
import { askBeside } from './beside.ts';

/** A server slower than this to connect is also too slow to cancel in time. */
const patienceMs = 2_000;

/** Cancels the current statement of our own connection. An account may end its own statements. Always resolves. */
export async function cancelStatement(options: ConnectionOptions, threadId: number): Promise<void> {
  // KILL takes no parameter here; the number is the server's own.
  await askBeside(options, `KILL QUERY ${Math.trunc(threadId)}`, patienceMs);
}
