import { type ConnectionOptions, createConnection } from 'mysql2';

const patienceMs = 20_000;

/**
 * Asks by a second connection whether the server answers. Never rejects. It does not look for the process of the first one, because a proxy
 * may have numbers of its own.
 */
export function isReachable(options: ConnectionOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const beside = createConnection({ ...options, connectTimeout: patienceMs });
    const finish = (answers: boolean): void => {
      clearTimeout(timer);
      beside.destroy();
      resolve(answers);
    };
    const timer = setTimeout(finish, patienceMs, false);
    beside.on('error', (error: Error) => {
      finish(isAnswer(error));
    });
    beside.query('DO 0', (error) => {
      finish(error === null || isAnswer(error));
    });
  });
}

/** A server that refuses another connection, as at its limit, is there: only its own errors have a state. */
const isAnswer = (error: Error): boolean => 'sqlState' in error && typeof error.sqlState === 'string';
