import { NeighbourFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import { whereIs } from '../../postgres/connect/database-address.ts';
import { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { ledgerSchema } from './migrate.ts';
import { ledgerTables } from '../rights.ts';

const neighbour = 'the ledger';

const settings = {
  search_path: `${ledgerSchema}, pg_catalog`,
  // The join of the stage with the ledger: twice as fast with room to hash (measured), and compiled code does not pay there.
  work_mem: '256MB',
  jit: 'off',
  // Only the stage is analysed, in every run and for one join: a tenth of the usual sample shows its size well enough.
  default_statistics_target: '10',
  vacuum_cost_delay: '0',
  // A call counts as recorded only when its commit is on disk.
  synchronous_commit: 'on',
  // Tables and triggers of ours do what they were made to do.
  default_table_access_method: 'heap',
  session_replication_role: 'origin',
};

interface LedgerSessionOptions {
  /** Its abort cancels queries. */
  readonly signal?: AbortSignal | undefined;
  /** Settings beside those of every session of the ledger. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A session of the ledger that may write. Rejects with a NeighbourFault where the server takes no writes. */
export async function openLedgerSession(url: Secret, options: LedgerSessionOptions = {}): Promise<Session> {
  const { signal, settings: more = {} } = options;
  const stop = signal === undefined ? {} : { stop: signal };
  const session = await Session.open(url, {
    neighbour,
    tables: ledgerTables,
    settings: { ...settings, ...more },
    ...stop,
  });
  try {
    const refusal = whyNotWritable(session);
    if (refusal !== null) throw new NeighbourFault(`${refusal} Nothing was done.`);
    await session.run(statement('ledger/session/use_usual_planner'));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A read-only session of the ledger's database, whether or not it holds a ledger. */
export const openReadingSession = (url: Secret): Promise<Session> =>
  Session.open(url, {
    neighbour,
    tables: ledgerTables,
    settings: { ...settings, default_transaction_read_only: 'on' },
  });

/** The reason why jobs cannot write there, if any. A read-only setting is the administrator's decision and is left unchanged. */
export function whyNotWritable({ greeting, url }: Session): string | null {
  const { isStandby, isReadOnly } = greeting;
  if (isStandby) {
    return (
      `The ledger at ${whereIs(url)} is a standby, which takes no writes. Let LEDGER_URL name the primary, or all of its servers: ` +
      'postgres://…@one:5432,two:5432/…?target_session_attrs=read-write finds the primary among them.'
    );
  }
  if (isReadOnly) {
    return (
      `The ledger at ${whereIs(url)} is read-only: default_transaction_read_only is on for its role, its database or its server. ` +
      'Ask who has set it there, and why; RESET default_transaction_read_only in the same place ends it.'
    );
  }
  return null;
}

/** The reader must see what the writer commits, so both are at one server. A name with several addresses can separate them. */
export function assertSameServer(writer: Session, reader: Session): void {
  if (writer.greeting.started === reader.greeting.started) return;
  throw new NeighbourFault(
    `Two connections to the ledger at ${whereIs(writer.url)} came to two servers, or to one that was started in between. What one writes the other ` +
      'may not see. Let LEDGER_URL name one server, and not a balancer before several; then start the job again. Nothing was sent.',
  );
}

/** The ledger's clock, read once and advanced by elapsed time. Suspended time is left out, so it may lag but never leads. */
export async function readLedgerClock(reader: Session): Promise<() => Date> {
  const startedAt = performance.now();
  const { now } = await reader.one<{ now: Date }>(statement('ledger/session/read_ledger_clock'));
  return () => new Date(now.getTime() + performance.now() - startedAt);
}
