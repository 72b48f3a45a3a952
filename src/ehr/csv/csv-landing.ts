/**
 * Copies CSV extracts into a schema of the ledger's database, to be read like another Postgres. The ledger's database
 * contains patients' rows only there: the schema belongs to one run, its tables are unlogged, and it is dropped at the
 * end of the run or by the next start of any job.
 */
import type { ExtractSettings } from '../../config/config.ts';
import { UsageFault } from '../../fault.ts';
import type { SourceFile } from '../../decide/source/source.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { type ReadBy, readContractTables } from '../contract/contract-tables.ts';
import { type ExtractRemark, namesThatMayGive } from './csv-choice.ts';
import { type CsvFile, listCsvFiles, listFolder, requireUnchanged, onceUnchanged } from './csv-files.ts';
import { declaredNames, declareTables } from '../landing/landing-declaration.ts';
import { LandingFindings, type LandingFinding } from '../landing/landing-finding.ts';
import type { LandedExtract } from '../landing/landed-extract.ts';
import { quoted } from '../landing/landing-name.ts';
import { closeTexts, type LandingPlan, planLanding, tablesToLand } from '../landing/landing-plan.ts';
import { indexTables, type LandedFile, landFile } from '../landing/landing-table.ts';

export type { ExtractRemark } from './csv-choice.ts';
export type { LandingFinding, LandingProblem } from '../landing/landing-finding.ts';

/** The format of the files, and how long they must stay unchanged. */
export type LandingSettings = Pick<ExtractSettings, 'encoding' | 'delimiter' | 'escape' | 'settleMs'>;

const usualLanding: LandingSettings = { encoding: 'utf-8', delimiter: null, escape: 'quote', settleMs: 0 };

interface LandingOptions {
  /** On the ledger's database, with the right to create schemas. */
  readonly session: Session;
  readonly folder: string;
  /** Schema to create: `redox_reconcile_landing_` and a suffix of the run. */
  readonly schema: string;
  readonly contractFolder: string;
  /** Default: UTF-8, the header's delimiter, no wait. */
  readonly settings?: LandingSettings;
  /** Its abort ends the wait for recently written files. */
  readonly signal?: AbortSignal;
}

export interface Landing {
  readonly schema: string;
  /** Modification time of the oldest file read. Later changes may be missing, so the watermark stays below it. */
  readonly oldestFileTime: Date;
  /** The first hundred thousand records left out and unreadable fields; `findingCount` counts all. */
  readonly findings: readonly LandingFinding[];
  readonly findingCount: number;
  /** One entry per file read. */
  readonly source: readonly SourceFile[];
  /** The tables that each query of the contract may read. */
  readonly readBy: ReadBy;
  readonly remarks: readonly ExtractRemark[];
  readonly extract: LandedExtract;
}

/** Lands the files of every table that the contract reads or declares, all or nothing. */
export async function landCsv({ session, folder, schema, contractFolder, ...how }: LandingOptions): Promise<Landing> {
  const contract = await readContractTables(contractFolder);
  const tables = tablesToLand(contract, await declaredNames(contractFolder));
  const { settings = usualLanding, signal } = how;
  const look = (): Promise<CsvFile[]> => listCsvFiles(folder, (all) => namesThatMayGive(all, tables.all));
  const files = await onceUnchanged(look, settings.settleMs, signal);
  const names = await listFolder(folder);
  const findings = new LandingFindings();
  let plans: readonly LandingPlan[] = [];
  try {
    return await session.transaction(async () => {
      await createLandingSchema(session, schema);
      const declared = await declareTables(session, schema, contractFolder);
      const planned = await planLanding({ names, files, tables, contract, declared, settings });
      ({ plans } = planned);
      requireNoFault(folder, planned.faults);
      const landed: LandedFile[] = [];
      for (const plan of plans) landed.push(await landFile(session, schema, plan, findings));
      await indexTables(session, schema, plans);
      const read = plans.map(({ file }) => file);
      await requireUnchanged(read);
      return {
        schema,
        oldestFileTime: oldestOf(plans.filter(({ table }) => tables.read.has(table))),
        findings: findings.kept,
        findingCount: findings.count,
        source: landed.map(({ source }) => source),
        readBy: contract.readBy,
        remarks: [...planned.remarks, ...landed.flatMap(backslashRemark)],
        extract: { kind: 'csv', names, tables: tablesOf(plans), readBy: contract.readBy },
      };
    });
  } finally {
    await closeTexts(plans);
  }
}

/** Creates the schema of a landing; the end of its run or the next start of any job drops it. */
export async function createLandingSchema(session: Session, schema: string): Promise<void> {
  if (!/^redox_reconcile_landing_[a-z0-9_]{1,39}$/.test(schema)) throw new Error(`${schema} names no landing schema`);
  await session.query('CREATE SCHEMA', `CREATE SCHEMA ${quoted(schema)}`);
}

function requireNoFault(folder: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new UsageFault(`The CSV files in ${folder} do not fit:\n${faults.map((fault) => `  - ${fault}.`).join('\n')}`);
}

/** Only files that a query reads can be too old. */
function oldestOf(plans: readonly LandingPlan[]): Date {
  const times = plans.map(({ file }) => file.modifiedAt.getTime());
  return times.length === 0 ? new Date() : new Date(Math.min(...times));
}

function tablesOf(plans: readonly LandingPlan[]): LandedExtract['tables'] {
  return plans
    .filter(({ isLaterPart }) => !isLaterPart)
    .map(({ table, file, shape }) => ({
      table,
      file: file.name,
      columns: shape.isHeaderSure ? shape.names : null,
    }));
}

function backslashRemark({ source, hasBackslashes }: LandedFile): ExtractRemark[] {
  if (!hasBackslashes) return [];
  const sentence = `${source.file} has backslashes before quotes, as MySQL writes them; set CSV_ESCAPE=backslash, and its lines can be read.`;
  return [{ file: source.file, sentence, isWarning: true }];
}

/** The schema into which a run lands its files. */
export const landingOf = (runNumber: number): string => `redox_reconcile_landing_${runNumber}`;

/**
 * Drops every landing schema except those to keep and returns their number. The caller must hold the run lock: the schema of a
 * running run looks like that of an interrupted one.
 */
export async function dropLandings(session: Session, keep: readonly string[] = []): Promise<number> {
  const dead = (await landingsThere(session)).filter((name) => !keep.includes(name));
  for (const name of dead) await dropLanding(session, name);
  return dead.length;
}

/** Names of the existing landing schemas. */
export async function landingsThere(session: Session): Promise<readonly string[]> {
  const schemas = await session.run<{ name: string }>(statement('ehr/internal/find_landing_schemas'));
  return schemas.map(({ name }) => name);
}

export async function dropLanding(session: Session, schema: string): Promise<void> {
  await session.query('DROP SCHEMA', `DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
}
