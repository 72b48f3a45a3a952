/** An EHR of a test's own in Postgres, read by a contract that ships, and its nights. */
import { join } from 'node:path';
import { type Ehr, openEhr } from '../../../src/ehr/ehr.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { type Night, openNight } from '../support/night.ts';
import type { ContentSite } from './counted-columns.ts';

interface PostgresClinic extends ContentSite {
  readonly night: Night;
  readonly ehr: Ehr;
  close(): Promise<void>;
}

export async function postgresClinic(
  contractFolder: string,
  ...statements: readonly string[]
): Promise<PostgresClinic> {
  const database = await freshDatabase();
  const session = await Session.open(database.url, { neighbour: 'the site' });
  const sql = async (text: string): Promise<void> => {
    await session.query('the site', text);
  };
  for (const text of statements) await sql(text);
  const night = await openNight({ ehr: { kind: 'postgres', url: database.url, contract: contractFolder } });
  const ehr = await openEhr({
    url: database.url,
    searchPath: null,
    contractFolder,
    timeZone: 'America/Chicago',
    clockLimit: null,
  });
  return {
    night,
    ehr,
    dialect: 'postgres',
    sql,
    rows: async (text) => (await session.query('the site', text)).rows,
    close: async () => {
      await ehr.close();
      await night.close();
      await session.close();
      await database.drop();
    },
  };
}

export const shipped = (name: string): string => join(packageRoot, 'sql/ehr', name);
