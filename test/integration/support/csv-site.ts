import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landCsv, type Landing, type LandingSettings } from '../../../src/ehr/csv/csv-landing.ts';
import { openEhr, type Ehr } from '../../../src/ehr/ehr.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from './database.ts';

const syntheaContract = join(packageRoot, 'sql/ehr/synthea');

export const usualSettings: LandingSettings = { encoding: 'utf-8', delimiter: null, escape: 'quote', settleMs: 0 };

export interface CsvSite {
  /** On the database in which files land. */
  readonly session: Session;
  /** A new folder with these files in it. */
  folder(files: Readonly<Record<string, string | Buffer>>): Promise<string>;
  /** Lands a folder in a schema of its own. */
  land(folder: string, contractFolder?: string, settings?: LandingSettings): Promise<Landing>;
  /** Opens what has landed. */
  open(landing: Landing, contractFolder?: string): Promise<Ehr>;
  /** All rows of a landed table, in the order of its first column. */
  rows(landing: Landing, table: string): Promise<unknown[]>;
  drop(): Promise<void>;
}

export async function csvSite(): Promise<CsvSite> {
  const database = await freshDatabase();
  const parent = await mkdtemp(join(tmpdir(), 'csv-'));
  const session = await Session.open(database.url, { neighbour: 'the ledger' });
  const opened: Ehr[] = [];
  let landings = 0;
  return {
    session,
    folder: async (files) => {
      const folder = await mkdtemp(join(parent, 'files-'));
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      return folder;
    },
    land: (folder, contractFolder = syntheaContract, settings = usualSettings) => {
      landings += 1;
      return landCsv({ session, folder, schema: `redox_reconcile_landing_${landings}`, contractFolder, settings });
    },
    open: async ({ schema, oldestFileTime, extract }, contractFolder = syntheaContract) => {
      const ehr = await openEhr({
        url: database.url,
        searchPath: schema,
        contractFolder,
        timeZone: 'America/New_York',
        clockLimit: oldestFileTime,
        extract,
      });
      opened.push(ehr);
      return ehr;
    },
    rows: async ({ schema }, table) =>
      (await session.query('a look at a table', `SELECT * FROM ${schema}.${table} ORDER BY 1`)).rows,
    drop: async () => {
      await Promise.all(opened.map((ehr) => ehr.close()));
      await session.close();
      await database.drop();
      await rm(parent, { recursive: true });
    },
  };
}
