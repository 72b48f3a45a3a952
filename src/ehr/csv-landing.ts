/**
 * CSV extracts, copied into a schema of the ledger's database and from then on read like another Postgres. It is the one
 * place where rows of patients stand in the ledger's database: the schema belongs to one run, its tables are unlogged,
 * and it is dropped at the end of the run or by the next start of any job.
 */
import { UsageFault } from '../core/fault.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { listCsvFiles, requireUnchanged } from './csv-files.ts';
import { declareTables } from './landing-declaration.ts';
import { LandingFindings, type LandingFinding } from './landing-finding.ts';
import { quoted } from './landing-name.ts';
import { planLanding } from './landing-plan.ts';
import { indexTables, landFile } from './landing-table.ts';

export type { LandingFinding, LandingProblem } from './landing-finding.ts';

interface LandingOptions {
  /** On the ledger's database, with the right to create schemas. */
  readonly session: Session;
  /** Folder of the CSV files. */
  readonly folder: string;
  /** Schema to create: `redox_reconcile_landing_` and something of the run's own. */
  readonly schema: string;
  readonly contractFolder: string;
}

export interface Landing {
  readonly schema: string;
  /** No change later than this can be in the files; the watermark stays below it. */
  readonly oldestFileTime: Date;
  /** Records that were left out, the first hundred thousand; `findingCount` counts all. */
  readonly findings: readonly LandingFinding[];
  readonly findingCount: number;
}

/** Lands every `*.csv` of the folder, all or nothing. */
export async function landCsv({ session, folder, schema, contractFolder }: LandingOptions): Promise<Landing> {
  if (!/^redox_reconcile_landing_[a-z0-9_]{1,39}$/.test(schema)) throw new Error(`${schema} names no landing schema`);
  const files = await listCsvFiles(folder);
  const findings = new LandingFindings();
  await session.transaction(async () => {
    await session.query('CREATE SCHEMA', `CREATE SCHEMA ${quoted(schema)}`);
    const declared = await declareTables(session, schema, contractFolder);
    const { plans, faults } = await planLanding(files, declared);
    if (faults.length > 0) {
      throw new UsageFault(
        `The CSV files in ${folder} do not fit:\n${faults.map((fault) => `  - ${fault}.`).join('\n')}`,
      );
    }
    for (const plan of plans) await landFile(session, schema, plan, findings);
    await indexTables(session, schema, plans);
    await requireUnchanged(files);
  });
  return {
    schema,
    oldestFileTime: new Date(Math.min(...files.map(({ modifiedAt }) => modifiedAt.getTime()))),
    findings: findings.kept,
    findingCount: findings.count,
  };
}

/**
 * Drops every landing schema but the one to keep, and says how many there were. Call it only while holding the lock of
 * the run: the landing of a run that is going looks like that of a dead one.
 */
export async function dropLandings(session: Session, keep: string | null = null): Promise<number> {
  const schemas = await session.run<{ name: string }>(statement('ehr/internal/landing-schemas'));
  const dead = schemas.filter(({ name }) => name !== keep);
  for (const { name } of dead) await session.query('DROP SCHEMA', `DROP SCHEMA ${quoted(name)} CASCADE`);
  return dead.length;
}

/** Names of the landing schemas that are there. */
export async function landingsThere(session: Session): Promise<readonly string[]> {
  const schemas = await session.run<{ name: string }>(statement('ehr/internal/landing-schemas'));
  return schemas.map(({ name }) => name);
}

/** Drops one landing, if it is there. */
export async function dropLanding(session: Session, schema: string): Promise<void> {
  await session.query('DROP SCHEMA', `DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
}
