import pg from 'pg';
import { type ExitCode, exitCodes, Fault } from '../core/fault.ts';
import { describeDatabaseError } from './database-error.ts';

/** A statement that Postgres refused. `code` is the SQLSTATE; the message holds no value. */
export class DatabaseFault extends Fault {
  readonly code: string;

  constructor(message: string, code: string, options: ErrorOptions & { readonly exitCode?: ExitCode } = {}) {
    super(options.exitCode ?? exitCodes.unavailable, message, options);
    this.code = code;
  }
}

/** As whom, and where, a statement of ours was run on tables of ours. */
interface Owner {
  readonly user: string;
  readonly database: string;
}

/** The sentence for what Postgres refused, and for statements of ours what to do about it. `tables`: null where they are not ours. */
export function refusal(
  what: string,
  error: pg.DatabaseError,
  { neighbour, tables }: { readonly neighbour: string; readonly tables: Owner | null },
): DatabaseFault {
  const code = error.code ?? '';
  const { exitCode, remedy } = tables === null ? remedyOfTheirs : remedyOfOurs(code, tables);
  const sentence = `${capitalised(neighbour)} refused ${what}: ${describeDatabaseError(error)}.`;
  return new DatabaseFault(`${sentence}${remedy}`, code, { cause: error, exitCode });
}

interface Remedy {
  readonly exitCode: ExitCode;
  /** What goes on after the sentence that says what was refused. */
  readonly remedy: string;
}

const remedyOfTheirs: Remedy = { exitCode: exitCodes.unavailable, remedy: '' };

/**
 * What a statement of ours on tables of ours was refused for, by its SQLSTATE: a right that the role lacks (42501) is a matter of
 * set-up, and else class 42 (syntax, names and types) can only be our own fault. All others are the server's state.
 */
function remedyOfOurs(sqlState: string, { user, database }: Owner): Remedy {
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

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
