import pg from 'pg';
import { type ExitCode, exitCodes } from '../core/fault.ts';

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

interface Remedy {
  readonly exitCode: ExitCode;
  /** What goes on after the sentence that says what was refused. */
  readonly remedy: string;
}

export const remedyOfTheirs: Remedy = { exitCode: exitCodes.unavailable, remedy: '' };

/**
 * What a statement of ours on tables of ours was refused for, by its SQLSTATE: a right that the role lacks (42501) is a matter of
 * set-up, and else class 42 (syntax, names and types) can only be our own fault. All others are the server's state.
 */
export function remedyOfOurs(
  sqlState: string,
  { user, database }: { readonly user: string; readonly database: string },
): Remedy {
  if (sqlState === '42501') {
    const [role, place] = [user, database].map((name) => pg.escapeIdentifier(name));
    return {
      exitCode: exitCodes.usage,
      remedy:
        ` The role of LEDGER_URL must be able to make its own schema, and must own what is in it. As the owner of the database: ` +
        `GRANT CREATE ON DATABASE ${place} TO ${role}; where another role has made the ledger, also: ` +
        `REASSIGN OWNED BY <that role> TO ${role}. Then start the job again.`,
    };
  }
  if (!sqlState.startsWith('42')) return remedyOfTheirs;
  return {
    exitCode: exitCodes.bug,
    remedy:
      ' This is a bug in redox-reconcile, or the tables of the ledger were changed by hand. Nothing is lost: the next run settles ' +
      'what this one left.',
  };
}
