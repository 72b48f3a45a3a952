/** Everything that a site leaves behind where others than its database can read it. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session } from '../../../src/postgres/session.ts';
import type { Night } from '../support/night.ts';

export type Texts = Readonly<Record<string, string>>;

/** Every file under a folder, by its name. A job that runs may rename its drafts meanwhile: then the folder is read anew. */
export async function fileTexts(folder: string): Promise<Texts> {
  for (;;) {
    try {
      return await textsIn(folder);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

async function textsIn(folder: string): Promise<Texts> {
  const found: Record<string, string> = {};
  if (!existsSync(folder)) return found;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile())
      found[`file ${entry.name}`] = `${found[`file ${entry.name}`] ?? ''}${await readFile(file, 'utf8')}`;
  }
  return found;
}

/** Every row of every table of the ledger's database, statistics of the planner and names of things included. */
export async function ledgerTexts({ ledgerUrl }: Night): Promise<Texts> {
  const session = await Session.open(ledgerUrl, { neighbour: 'the ledger' });
  const lines = async (from: string): Promise<string> => {
    const { rows } = await session.query(from, `SELECT t::text AS line FROM ${from} AS t`);
    return (rows as { line: string }[]).map(({ line }) => line).join('\n');
  };
  try {
    const { rows } = await session.query(
      'the tables',
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'`,
    );
    const found: Record<string, string> = {};
    for (const { name } of rows as { name: string }[]) found[`table ${name}`] = await lines(name);
    const ours = `(SELECT * FROM pg_stats WHERE schemaname !~ '^(pg_|information_schema)')`;
    found['statistics'] = await lines(ours);
    found['names'] = await lines(`(SELECT nspname FROM pg_namespace UNION ALL SELECT attname FROM pg_attribute)`);
    return found;
  } finally {
    await session.close();
  }
}

/** What the server itself writes down: our statements, where they fail, and what it says of them. */
export async function serverLog({ ledgerUrl }: Night): Promise<Texts> {
  const session = await Session.open(ledgerUrl, { neighbour: 'the ledger' });
  const { rows } = await session.query('the data folder', "SELECT current_setting('data_directory') AS folder");
  await session.close();
  const [row] = rows as { folder: string }[];
  return { 'log of the server': await readFile(join(row?.folder ?? '', 'postgres.log'), 'utf8') };
}
