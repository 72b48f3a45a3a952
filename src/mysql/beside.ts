import { type ConnectionOptions, createConnection } from 'mysql2';

/** Runs a statement by a second connection. Never rejects: the error, null if there was none, `late` after the patience. */
export function askBeside(
  options: ConnectionOptions,
  text: string,
  patienceMs: number,
): Promise<Error | 'late' | null> {
  return new Promise((resolve) => {
    const beside = createConnection({ ...options, connectTimeout: patienceMs });
    const finish = (end: Error | 'late' | null): void => {
      clearTimeout(timer);
      beside.destroy();
      resolve(end);
    };
    const timer = setTimeout(finish, patienceMs, 'late');
    beside.on('error', finish);
    beside.query(text, finish);
  });
}

/** A server slower than this to connect is also too slow to cancel in time. */
const cancelPatienceMs = 2_000;

/** Cancels the current statement of our own connection. An account may end its own statements. Always resolves. */
export async function cancelStatement(options: ConnectionOptions, threadId: number): Promise<void> {
  // KILL takes no parameter here; the number is the server's own.
  await askBeside(options, `KILL QUERY ${Math.trunc(threadId)}`, cancelPatienceMs);
}

const patienceMs = 20_000;

/**
 * Asks by a second connection whether the server answers. Never rejects. It does not look for the process of the first one, because a proxy
 * may have numbers of its own.
 */
export async function isReachable(options: ConnectionOptions): Promise<boolean> {
  const end = await askBeside(options, 'DO 0', patienceMs);
  if (end === null || end === 'late') return end === null;
  // A server that refuses another connection, as at its limit, is there: only its own errors have a state.
  return 'sqlState' in end && typeof end.sqlState === 'string';
}
