import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RefusedFault } from '../../fault.ts';
import { packageRoot } from '../../package-root.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { withReportViews } from '../report-views.ts';
import { explainRefusedMigration } from '../rights.ts';

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

/** A ledger's schema version. */
interface LedgerVersion {
  /** 0 if there is no ledger yet. */
  readonly version: number;
  /** The latest that this program knows. */
  readonly latest: number;
  /** Why this program cannot use the ledger under any role; null if it can. */
  readonly refusal: RefusedFault | null;
}

/**
 * Brings the ledger and its report views to this program's version. Forward only; each migration in its own transaction. The caller
 * holds the lock. Throws RefusedFault for a ledger that this program cannot migrate.
 */
export async function migrate(session: Session): Promise<Migrated> {
  const known = migrations();
  const { version, latest, refusal } = await readVersion(session);
  if (refusal !== null) throw refusal;
  try {
    // Only the owner may repeat it.
    if (version === 0) await session.query('making the ledger’s schema', statement('ledger/migrate/begin_ledger').text);
    await withReportViews(session, ledgerSchema, version === latest ? null : () => applyPending(session, known));
  } catch (error) {
    throw await explainRefusedMigration(session, error);
  }
  return { from: version, to: latest };
}

async function applyPending(session: Session, known: readonly Migration[]): Promise<void> {
  const { version } = await versionIn(session, known);
  for (const migration of known.filter(({ number }) => number > version)) {
    await session.transaction(async () => {
      await session.query(`migration ${migration.name}`, migration.text);
      await session.run(statement('ledger/migrate/note_migration'), [migration.number, migration.name]);
    });
  }
}

export async function readVersion(session: Session): Promise<LedgerVersion> {
  const [{ exists } = { exists: false }] = await session.run<{ exists: boolean }>(
    statement('ledger/session/has_ledger'),
  );
  const known = migrations();
  return exists ? versionIn(session, known) : { version: 0, latest: latestOf(known), refusal: null };
}

/** For jobs that only read. Throws RefusedFault where the ledger is not at this program's version. */
export async function assertMigrated(session: Session): Promise<void> {
  const { version, latest, refusal } = await readVersion(session);
  if (refusal !== null) throw refusal;
  if (version < latest) {
    throw new RefusedFault(
      `The ledger is at version ${version} and this program needs ${latest}. Run \`redox-reconcile migrate\`, or any job that writes.`,
      { reason: 'older_ledger' },
    );
  }
}

async function versionIn(session: Session, known: readonly Migration[]): Promise<LedgerVersion> {
  const found = await session.one<{ version: number; first_name: string | null }>(
    statement('ledger/migrate/read_version'),
  );
  const latest = latestOf(known);
  const isOfFormerNumbers = found.first_name !== null && found.first_name !== known[0]?.name;
  if (isOfFormerNumbers) return { ...found, latest, refusal: formerNumbers() };
  return { ...found, latest, refusal: found.version > latest ? newerLedger(found.version, latest) : null };
}

/** The version of a ledger that this program has written to. */
export const programLedgerVersion = (): number => latestOf(migrations());

const latestOf = (known: readonly Migration[]): number => known.at(-1)?.number ?? 0;

const newerLedger = (version: number, latest: number): RefusedFault =>
  new RefusedFault(
    `The ledger is at version ${version}, and this program knows versions up to ${latest} only. ` +
      'Start the newer release of redox-reconcile that has used this ledger before.',
    { reason: 'newer_ledger' },
  );

/** Before the first release the first migration had another name, and others after it; now all of them are one. */
const formerNumbers = (): RefusedFault =>
  new RefusedFault(
    'The ledger was made by redox-reconcile before its first release, and its tables cannot be brought along. Let LEDGER_URL name an empty ' +
      'database, and run `baseline` there if Redox already has these patients. The former ledger can be dropped after that.',
    { reason: 'older_ledger' },
  );

function migrations(): readonly Migration[] {
  const folder = join(packageRoot, 'sql/ledger/migrations');
  return readdirSync(folder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.replace(/\.sql$/, ''),
      text: readFileSync(join(folder, file), 'utf8'),
    }));
}
