import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Entity } from '../../../src/contract/contract.ts';
import { Secret } from '../../../src/secret.ts';
import { openEhr, type Ehr, type ScanPace, type Selection, type FetchedPage } from '../../../src/ehr/ehr.ts';
import { Session } from '../../../src/postgres/session.ts';
import { checkerOf } from '../../unit/night/checkers.ts';
import { as, freshDatabase } from './database.ts';

interface EhrActivity {
  readonly has_transaction: boolean;
  readonly modes: string | null;
}

/** An EHR of a test's own: a database to fill, and contracts to read it through. */
export interface EhrSite {
  /** Runs SQL as the EHR itself would. */
  sql(text: string, parameters?: readonly (string | null)[]): Promise<void>;
  /** What the server says of the job's sessions, seen from beside them. */
  sessions(): Promise<readonly EhrActivity[]>;
  /** Opens the EHR through a contract of these files. */
  open(
    files: Readonly<Record<string, string>>,
    options?: {
      readonly timeZone?: string;
      readonly scanPace?: ScanPace;
      readonly signal?: AbortSignal;
      /** Whose password is `reading`; by default the owner. */
      readonly role?: string;
    },
  ): Promise<Ehr>;
  drop(): Promise<void>;
}

export async function ehrSite(options: { readonly encoding?: string } = {}): Promise<EhrSite> {
  const database = await freshDatabase(options);
  const folder = await mkdtemp(join(tmpdir(), 'ehr-contract-'));
  const owner = await Session.open(database.url, { neighbour: 'the site' });
  const opened: Ehr[] = [];
  return {
    sql: async (statement, parameters = []) => {
      await owner.query('a statement of the site', statement, parameters);
    },
    sessions: async () => {
      const { rows } = await owner.query('a look at sessions', sessionsOfJob);
      return rows as EhrActivity[];
    },
    open: async (files, { timeZone = 'America/Chicago', role, ...more } = {}) => {
      const contractFolder = await mkdtemp(join(folder, 'contract-'));
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(contractFolder, name)), { recursive: true });
        await writeFile(join(contractFolder, name), content);
      }
      const ehr = await openEhr({
        url: role === undefined ? database.url : new Secret(as(database.url, role)),
        searchPath: null,
        contractFolder,
        timeZone,
        clockLimit: null,
        ...more,
      });
      opened.push(ehr);
      return ehr;
    },
    drop: async () => {
      await Promise.all(opened.map((ehr) => ehr.close()));
      await owner.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Contracts that a test says nothing about. */
export const somePatients = "SELECT 'p' AS patient_id";
export const someEncounters = "SELECT 'e' AS encounter_id, 'p' AS patient_id";

/** The lines of a scan with all columns, without the newlines. */
export async function scanned(ehr: Ehr, entity: Entity, selection: Selection = { kind: 'all' }): Promise<string[]> {
  const content = await ehr.snapshot(async (snapshot) => text(await snapshot.scan(entity, selection)));
  const checker = checkerOf(entity, [], [...ehr.columnsOf(entity)]);
  return content
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { fields, layout } = checker.scannedLine.read(line, 0, line.length);
      return [fields[0], ...layout.fieldsOf({ text: line })].join('\t');
    });
}

/** The ids of a scan's lines, in order. */
export async function scannedIds(ehr: Ehr, entity: Entity, selection: Selection): Promise<string[]> {
  const lines = await scanned(ehr, entity, selection);
  return lines.map((line) => line.split('\t')[1] ?? '').sort();
}

const sessionsOfJob = `
  SELECT a.xact_start IS NOT NULL AS has_transaction, string_agg(DISTINCT l.mode, ', ') FILTER (WHERE l.locktype = 'relation') AS modes
  FROM pg_stat_activity a LEFT JOIN pg_locks l USING (pid)
  WHERE a.datname = current_database() AND a.application_name = 'redox-reconcile' AND a.pid <> pg_backend_pid()
  GROUP BY a.pid, a.xact_start`;

/** A page of any size. */
export async function fetchPage(
  ehr: Ehr,
  patientIds: readonly string[],
  encounterIds: readonly string[],
  summaryIds: readonly string[] = [],
  detailIds: readonly string[] = [],
): Promise<FetchedPage> {
  const page = await ehr.fetchPageWithin(Infinity, { patientIds, encounterIds, summaryIds, detailIds });
  if (page === null) throw new Error('no page is larger than that');
  return page;
}
