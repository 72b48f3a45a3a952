import pg from 'pg';

/**
 * Classes of SQLSTATE whose messages speak of names and the server's state, never of a row's values.
 * (Class 22, data exceptions, and 23, constraints, quote the value itself.)
 * Source: PostgreSQL documentation, appendix A.
 */
const speakableClasses = new Set(['08', '0A', '25', '28', '3D', '3F', '42', '53', '54', '55', '57', '58']);

/** Describes an error from Postgres by its SQLSTATE, and by its message if messages of this class never quote a row's values. */
export function describeDatabaseError(error: unknown): string {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? 'no SQLSTATE';
    return speakableClasses.has(code.slice(0, 2)) && !isRaisedByAFunction(error)
      ? `${error.message} (SQLSTATE ${code})`
      : `SQLSTATE ${code}`;
  }
  if (error instanceof AggregateError) return error.errors.map(describeDatabaseError).join('; ');
  if (error instanceof Error) return error.message;
  return 'an unknown error';
}

/**
 * A function of the site chooses its own message and SQLSTATE, and may include a row in both. The server then reports
 * the function as context; for COPY, the context is table and line.
 */
const isRaisedByAFunction = ({ where }: pg.DatabaseError): boolean => where !== undefined && !where.startsWith('COPY ');

/** 57014, query_canceled. */
export const isCancelled = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '57014';

/** True if the connection failed or was ended, so that a retry on a new one may succeed. */
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
