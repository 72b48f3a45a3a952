import type { Session } from '../../../src/postgres/session.ts';

/** Keeps what the ledger says now, in a schema beside it. Gives what puts it back, as a restored backup would. */
export async function backUpLedger(session: Session): Promise<() => Promise<void>> {
  const { rows } = await session.query(
    'the tables of the ledger',
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'redox_reconcile'::regnamespace AND relkind = 'r' AND relpersistence = 'p'`,
  );
  const tables = rows.map(({ name }) => String(name));
  const copies = tables.map((name) => `CREATE TABLE backup.${name} AS TABLE redox_reconcile.${name};`);
  await session.query('the backup', `DROP SCHEMA IF EXISTS backup CASCADE; CREATE SCHEMA backup; ${copies.join(' ')}`);
  const back = tables.map(
    (name) => `INSERT INTO redox_reconcile.${name} OVERRIDING SYSTEM VALUE SELECT * FROM backup.${name};`,
  );
  return async () => {
    await session.query(
      'the restore',
      `BEGIN; SET LOCAL session_replication_role = replica;
       TRUNCATE ${tables.map((name) => `redox_reconcile.${name}`).join(', ')}; ${back.join(' ')} COMMIT`,
    );
  };
}
