import type pg from 'pg';
import { statement } from '../sql-file.ts';

/** What is known of a session before anything is set in it. */
export interface Greeting {
  /** Of the server's process that answers. */
  readonly processId: number;
  readonly encoding: string;
  readonly isStandby: boolean;
  /** `default_transaction_read_only`, as role, database or server have it. */
  readonly isReadOnly: boolean;
  /** When this server started, to the microsecond: the same in two sessions of one server only. */
  readonly started: string;
  /** As role, database or server have it; 0 for none. */
  readonly statementTimeoutMs: number;
}

type Answer = Readonly<
  Record<'process_id' | 'encoding' | 'is_standby' | 'read_only' | 'started' | 'statement_timeout', string>
>;

/**
 * Asks what a session is. In one message and in a transaction of its own kind: a role may have serializable and deferrable as its default,
 * where the first snapshot can wait without end, and a pooler may give the next message to another server process.
 */
export async function greet(client: pg.Client): Promise<Greeting> {
  const text = `BEGIN ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE;\n${statement<Answer>('session/greet').text};\nCOMMIT`;
  const answers: pg.QueryResult<Answer> | pg.QueryResult<Answer>[] = await client.query<Answer>(text);
  const row = [answers].flat().flatMap(({ rows }) => rows)[0];
  if (row === undefined) throw new Error('the server did not say who it is');
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

/** As Postgres prints a time: `0`, `500ms`, `30min`. */
function millisecondsOf(text: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(ms|s|min|h|d)?$/.exec(text) ?? [];
  return Number(count) * (units[unit] ?? 1);
}
