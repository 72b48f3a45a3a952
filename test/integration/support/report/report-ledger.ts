import { migrateLedger } from '../../../../src/ledger/ledger.ts';
import { ledgerSchema } from '../../../../src/ledger/run/migrate.ts';
import { openRun, type Run } from '../../../../src/ledger/run/run.ts';
import { Session } from '../../../../src/postgres/session.ts';
import { freshDatabase, type TestDatabase } from '../database.ts';

type Row = Readonly<Record<string, unknown>>;

/** A fresh ledger into which a test puts what a run would have left. */
export interface CraftedLedger {
  readonly database: TestDatabase;
  readonly session: Session;
  /** Adds rows to a table; a column that a row leaves out has its default. */
  insert(table: string, ...rows: Row[]): Promise<void>;
  close(): Promise<void>;
}

export async function craftLedger(): Promise<CraftedLedger> {
  const database = await freshDatabase();
  await migrateLedger(database.url);
  const session = await Session.open(database.url, {
    neighbour: 'the ledger',
    settings: { search_path: `${ledgerSchema}, pg_catalog` },
  });
  return {
    database,
    session,
    insert: async (table, ...rows) => {
      for (const row of rows) await insertRow(session, table, row);
    },
    close: async () => {
      await session.close();
      await database.drop();
    },
  };
}

async function insertRow(session: Session, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).join(', ');
  await session.query(
    `a row of ${table}`,
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1)`,
    [JSON.stringify(row)],
  );
}

/** A night that has begun. */
export const startNight = ({ session }: CraftedLedger): Promise<Run> =>
  openRun(session, {
    job: 'nightly',
    mode: 'sweep',
    planOnly: false,
    options: {},
    programVersion: '0',
    startedAt: new Date(),
    startsAnew: false,
  });

/** A run that ended well; runs are numbered from 1 in the order in which they are inserted. */
export const runRow = (runId: string, startedAt: string, more: Row = {}): Row => ({
  run_id: runId,
  job: 'nightly',
  mode: 'sweep',
  plan_only: false,
  options: {},
  status: 'done',
  exit_code: 0,
  host: 'test',
  process_id: 1,
  program_version: '0.1.0',
  started_at: startedAt,
  finished_at: new Date(Date.parse(startedAt) + 90_000).toISOString(),
  ...more,
});

/** A call in a state, with all that the ledger asks of that state. */
export function callRow(runNumber: number, state: string, more: Row): Row {
  const wasSent = ['sending', 'accepted', 'rejected', 'failed', 'unknown'].includes(state);
  const isDone = state !== 'planned' && state !== 'sending';
  const entityId = String(more['entity_id']);
  const eventType = String(more['event_type']);
  return {
    run_number: runNumber,
    lane: entityId,
    position: ['NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush'].indexOf(eventType) + 1,
    entity: eventType === 'VisitPush' ? 'encounter' : 'patient',
    patient_id: entityId,
    row_patient_id: eventType === 'VisitPush' ? (more['patient_id'] ?? entityId) : null,
    state,
    is_open: state !== 'accepted' && state !== 'unneeded',
    forced: false,
    open_since: '2026-01-31T08:15:00Z',
    sending_at: wasSent ? '2026-01-31T08:15:42.3184Z' : null,
    finished_at: isDone ? '2026-01-31T08:15:42.901Z' : null,
    attempts: wasSent && state !== 'sending' ? 1 : 0,
    ...more,
  };
}
