import type pg from 'pg';
import { statement } from '../sql-file.ts';

/** The state of a session before it is set up. */
export interface Greeting {
  /** The process that serves the session. */
  readonly processId: number;
  readonly encoding: string;
  readonly isStandby: boolean;
  /** `default_transaction_read_only`, as role, database or server have it. */
  readonly isReadOnly: boolean;
  /** When this server started, to the microsecond: the same in two sessions of one server only. */
  readonly started: string;
  /** The setting of the role, the database or the server; 0 for none. */
  readonly statementTimeoutMs: number;
}

type Answer = Readonly<
  Record<'process_id' | 'encoding' | 'is_standby' | 'read_only' | 'started' | 'statement_timeout', string>
>;

/**
 * Reads the state of a session in one message, because a pooler may give the next message to another server process.
 * The message is its own transaction: if the role's default is serializable and deferrable, the first snapshot could
 * wait forever.
 */
export async function greet(client: pg.Client): Promise<Greeting> {
  const text = `BEGIN ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE;\n${statement<Answer>('session/greet').text};\nCOMMIT`;
  const answers: pg.QueryResult<Answer> | pg.QueryResult<Answer>[] = await client.query<Answer>(text);
  const row = [answers].flat().flatMap(({ rows }) => rows)[0];
  if (row === undefined) throw new Error('the server did not answer the greeting');
  return {
    processId: Number(row.process_id),
    encoding: row.encoding,
    isStandby: row.is_standby === 'true',
    isReadOnly: row.read_only === 'on',
    started: row.started,
    statementTimeoutMs: millisecondsOf(row.statement_timeout),
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a time as Postgres prints it: `0`, `500ms`, `30min`. */
function millisecondsOf(text: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(ms|s|min|h|d)?$/.exec(text) ?? [];
  return Number(count) * (units[unit] ?? 1);
}
