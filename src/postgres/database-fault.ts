import type pg from 'pg';
import { type ExitCode, exitCodes, Fault } from '../fault.ts';
import { describeDatabaseError } from './database-error.ts';

interface DatabaseFaultOptions extends ErrorOptions {
  readonly exitCode?: ExitCode;
  /** The message without what to do about it. */
  readonly sentence?: string;
}

/** A statement that Postgres refused. `code` is the SQLSTATE; the message holds no value. */
export class DatabaseFault extends Fault {
  readonly code: string;
  /** What was refused, without what to do about it. */
  readonly sentence: string;

  constructor(message: string, code: string, { sentence, exitCode, ...options }: DatabaseFaultOptions = {}) {
    super(exitCode ?? exitCodes.unavailable, message, options);
    this.code = code;
    this.sentence = sentence ?? message;
  }
}

/** What there is to say of tables that are ours. */
export interface OurTables {
  /** What a statement does, for people, by its name. */
  readonly taskOf: (what: string) => string;
  /** What to do where a role lacks a right on them. */
  readonly remedyFor: (role: string) => string;
}

interface Refused {
  readonly neighbour: string;
  /** The role that ran the statement. */
  readonly role: string;
  /** Null where the tables are not ours. */
  readonly tables: OurTables | null;
}

/** The sentence for what Postgres refused, and for statements of ours what to do about it. */
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

/** A right that the role lacks, which is a matter of set-up. */
const insufficientPrivilege = '42501';

interface Remedy {
  readonly exitCode: ExitCode;
  /** What goes on after the sentence that says what was refused. */
  readonly remedy: string;
}

/** Class 42 (syntax, names and types) of a statement of ours can only be our own fault. All others are the server's state. */
function remedyOf(sqlState: string, isOurs: boolean): Remedy {
  if (!isOurs || !sqlState.startsWith('42')) return { exitCode: exitCodes.unavailable, remedy: '' };
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
