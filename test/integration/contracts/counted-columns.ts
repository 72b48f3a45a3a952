import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContractFiles } from '../../../src/ehr/contract/contract-files.ts';

/** The EHR of a test, as its owner. */
export interface ContentSite {
  readonly dialect: 'mysql' | 'postgres';
  sql(text: string): Promise<void>;
  rows(text: string): Promise<Record<string, unknown>[]>;
}

const dialects = {
  mysql: { quote: '`', schema: 'DATABASE()', ids: (visits: readonly string[]) => visits.join(', ') },
  postgres: {
    quote: '"',
    schema: 'current_schema()',
    ids: (visits: readonly string[]) => `ARRAY['${visits.join("', '")}']`,
  },
} as const;

/** The section names the column behind an alias of the table. */
const reads = (text: string, table: string, column: string): boolean =>
  [...text.matchAll(new RegExp(`(?:FROM|JOIN) ${table} AS (\\w+)`, 'g'))].some(([, alias = '']) =>
    new RegExp(`\\b${alias}\\.[\`"]?${column}\\b`).test(text),
  );

/** Another value of the type. */
const changed = (column: string, type: string): string => {
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'boolean') return `NOT COALESCE(${column}, false)`;
  if (type === 'character') return "'2020-02-03'";
  if (/text|char/.test(type)) return `CONCAT(COALESCE(${column}, ''), '9')`;
  return /date|time/.test(type) ? "'2020-02-03 04:05:06'" : `COALESCE(${column}, 0) + 100`;
};

/** Columns of the tables that a section names, and whose change leaves `clinical_version` of the visits as it is. */
export async function uncountedColumns(
  site: ContentSite,
  contract: string,
  tables: readonly string[],
  visits: readonly string[],
): Promise<readonly string[]> {
  const { quote, schema, ids } = dialects[site.dialect];
  const sections = readdirSync(join(contract, 'sections')).map((file) =>
    readFileSync(join(contract, 'sections', file), 'utf8'),
  );
  const { queries } = await readContractFiles(contract);
  const found = queries.find(({ file }) => file === 'encounters_by_id.sql');
  const byId = found?.text.replaceAll('$1', ids(visits)) ?? '';
  const version = async (): Promise<string> =>
    JSON.stringify(await site.rows(`SELECT clinical_version FROM (${byId}\n) AS visit ORDER BY 1`));
  const before = await version();
  const columns = await site.rows(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS type FROM information_schema.columns
     WHERE TABLE_SCHEMA = ${schema} AND TABLE_NAME IN ('${tables.join("', '")}') ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const uncounted: string[] = [];
  for (const { t: table, c: name, type } of columns as Readonly<Record<'t' | 'c' | 'type', string>>[]) {
    if (!sections.some((text) => reads(text, table, name))) continue;
    const column = `${quote}${name}${quote}`;
    await site.sql(`CREATE TABLE kept AS SELECT * FROM ${table}`);
    await site.sql(`UPDATE ${table} SET ${column} = ${changed(column, type)}`);
    if ((await version()) === before) uncounted.push(`${table}.${name}`);
    await site.sql(`DELETE FROM ${table}`);
    await site.sql(`INSERT INTO ${table} SELECT * FROM kept`);
    await site.sql('DROP TABLE kept');
  }
  return uncounted;
}
