import { type ConnectionOptions, createConnection } from 'mysql2';

/** A server slower than this to connect is also too slow to cancel in time. */
const patienceMs = 2_000;

/** Cancels the current statement of our own connection. An account may end its own statements. Always resolves. */
export function cancelStatement(options: ConnectionOptions, threadId: number): Promise<void> {
  return new Promise((resolve) => {
    const beside = createConnection({ ...options, connectTimeout: patienceMs });
    const finish = (): void => {
      clearTimeout(timer);
      beside.destroy();
      resolve();
    };
    const timer = setTimeout(finish, patienceMs);
    beside.on('error', finish);
    // KILL takes no parameter here; the number is the server's own.
    beside.query(`KILL QUERY ${Math.trunc(threadId)}`, finish);
  });
}
