import pg from 'pg';

/**
 * Classes of SQLSTATE whose messages speak of names and the server's state, never of a row's values.
 * (Class 22, data exceptions, and 23, constraints, quote the value itself.)
 * Source: PostgreSQL documentation, appendix A.
 */
const speakableClasses = new Set(['08', '0A', '25', '28', '3D', '3F', '42', '53', '54', '55', '57', '58']);

/** What may be said of an error that came from Postgres: its SQLSTATE, and its message where that cannot hold a value. */
export function describeDatabaseError(error: unknown): string {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? 'no SQLSTATE';
    return speakableClasses.has(code.slice(0, 2)) && !isSaidByAFunction(error)
      ? `${error.message} (SQLSTATE ${code})`
      : `SQLSTATE ${code}`;
  }
  if (error instanceof AggregateError) return error.errors.map(describeDatabaseError).join('; ');
  if (error instanceof Error) return error.message;
  return 'an unknown error';
}

/**
 * A function of the site's chooses its words and its SQLSTATE itself, and may put a row into both a message and a statement that
 * it makes up. The server says that it was in one: its context is then another than that of COPY, which names table and line.
 */
const isSaidByAFunction = ({ where }: pg.DatabaseError): boolean => where !== undefined && !where.startsWith('COPY ');

/** True where the connection itself failed or was ended, so that the same statement on a new one might succeed. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    // 57P01 admin shutdown, 57P02 crash shutdown, 57P03 cannot connect now; class 08: connection exceptions; 53300: too many.
    return /^(57P0[123]|08...|53300)$/.test(error.code ?? '');
  }
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT$)/.test(code) ||
    /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/.test(
      error.message,
    )
  );
}
