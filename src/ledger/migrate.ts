import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RefusedFault } from '../core/fault.ts';
import { packageRoot } from '../package-root.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { withReportViews } from './report-views.ts';

/** The schema of everything in the ledger. */
export const ledgerSchema = 'redox_reconcile';
/** The schema of what sweeps keep. */
export const sweepSchema = 'redox_reconcile_sweep';

export interface Migrated {
  readonly from: number;
  readonly to: number;
}

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/**
 * Brings the ledger to this program's version. Forward only; each migration in a transaction of its own. The views of the
 * reports are brought along. The caller holds
 * the lock. Throws RefusedFault where the ledger is newer than the program.
 */
export async function migrate(session: Session): Promise<Migrated> {
  await session.query('making the ledger’s schema', statement('ledger/migrations/0000-migration').text);
  const known = migrations();
  const latest = known.at(-1)?.number ?? 0;
  const { version: from } = await session.one<{ version: number }>(statement('ledger/run/version'));
  if (from > latest) throw newerLedger(from, latest);
  await withReportViews(session, ledgerSchema, from === latest ? null : () => applyPending(session, known));
  return { from, to: latest };
}

async function applyPending(session: Session, known: readonly Migration[]): Promise<void> {
  const { version } = await session.one<{ version: number }>(statement('ledger/run/version'));
  for (const migration of known.filter(({ number }) => number > version)) {
    await session.transaction(async () => {
      await session.query(`migration ${migration.name}`, migration.text);
      await session.run(statement('ledger/run/note-migration'), [migration.number, migration.name]);
    });
  }
}

/** The ledger's version, 0 where there is none yet, and the latest that this program knows. */
export async function readVersion(session: Session): Promise<{ readonly version: number; readonly latest: number }> {
  const [{ exists } = { exists: false }] = await session.run<{ exists: boolean }>(statement('ledger/run/has-ledger'));
  const latest = migrations().at(-1)?.number ?? 0;
  const version = exists ? (await session.one<{ version: number }>(statement('ledger/run/version'))).version : 0;
  return { version, latest };
}

/** For jobs that only read. Throws RefusedFault where the ledger is not at this program's version. */
export async function assertMigrated(session: Session): Promise<void> {
  const { version, latest } = await readVersion(session);
  if (version > latest) throw newerLedger(version, latest);
  if (version < latest) {
    throw new RefusedFault(
      `The ledger is at version ${version} and this program needs ${latest}. Run \`redox-reconcile migrate\`, or any job that writes.`,
    );
  }
}

export const newerLedger = (version: number, latest: number): RefusedFault =>
  new RefusedFault(
    `The ledger is at version ${version}, and this program knows versions up to ${latest} only. ` +
      'Start the newer release of redox-reconcile that has used this ledger before.',
  );

function migrations(): readonly Migration[] {
  const folder = join(packageRoot, 'sql/ledger/migrations');
  return readdirSync(folder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file) && !file.startsWith('0000'))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.replace(/\.sql$/, ''),
      text: readFileSync(join(folder, file), 'utf8'),
    }));
}
