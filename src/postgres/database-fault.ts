import pg from 'pg';
import { DatabaseFault, type ExitCode, exitCodes, NeighbourFault } from '../fault.ts';
import { describeDatabaseError, isConnectionError } from './database-error.ts';

/** Texts for errors about the tables of the ledger. */
export interface OurTables {
  /** The purpose of a statement, for people, by its name. */
  readonly taskOf: (what: string) => string;
  /** The remedy if a role lacks a right on them. */
  readonly remedyFor: (role: string) => string;
}

export interface Refused {
  readonly neighbour: string;
  readonly role: string;
  /** Null if the tables are the site's. */
  readonly tables: OurTables | null;
}

/** The fault for a refused statement; with a remedy if the statement is ours. */
export function refusal(what: string, error: pg.DatabaseError, { neighbour, role, tables }: Refused): DatabaseFault {
  const code = error.code ?? '';
  const isRight = tables !== null && code === insufficientPrivilege;
  const task = isRight ? tables.taskOf(what) : what;
  const sentence = `${capitalised(neighbour)} refused ${task}: ${describeDatabaseError(error)}.`;
  const { exitCode, remedy } = isRight
    ? { exitCode: exitCodes.usage, remedy: ` ${tables.remedyFor(role)}` }
    : remedyOf(code, tables !== null);
  return new DatabaseFault(`${sentence}${remedy}`, code, { cause: error, exitCode, sentence });
}

/** The role lacks a right: a matter of set-up. */
const insufficientPrivilege = '42501';

const readOnly = '25006';

interface Remedy {
  readonly exitCode: ExitCode;
  /** The text after the sentence about what was refused. */
  readonly remedy: string;
}

/** For our statements, class 42 (syntax, names and types) is always a bug. All other classes are the server's state. */
function remedyOf(sqlState: string, isOurs: boolean): Remedy {
  if (isOurs && sqlState === readOnly) {
    return {
      exitCode: exitCodes.unavailable,
      remedy:
        ' It has become read-only: have its administrator make it writable. Nothing is lost: the next run recovers the rest.',
    };
  }
  if (!isOurs || !sqlState.startsWith('42')) return { exitCode: exitCodes.unavailable, remedy: '' };
  return {
    exitCode: exitCodes.bug,
    remedy:
      ' This is a bug in redox-reconcile, or the tables of the ledger were changed by hand. Nothing is lost: the next run recovers ' +
      'the rest.',
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The fault of a statement: a lost connection, a refusal of the server, or the error itself. The sentence has no values. */
export function sessionError(what: string, error: unknown, refused: Refused & { readonly lost: Error | null }): Error {
  if (refused.lost !== null || isConnectionError(error)) {
    return new NeighbourFault(
      `Lost the connection to ${refused.neighbour} during ${what}: ${describeDatabaseError(refused.lost ?? error)}. ` +
        'Nothing is lost: start the job again when the server is back, and it goes on from what is recorded.',
      { cause: error },
    );
  }
  if (error instanceof pg.DatabaseError) return refusal(what, error, refused);
  return error instanceof Error ? error : new Error(String(error));
}
