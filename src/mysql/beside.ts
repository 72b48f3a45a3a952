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
