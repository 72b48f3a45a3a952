import type { Session } from '../../../../src/postgres/session.ts';

/** A schema in a text that can be compared and read: what the catalogs say of it, sorted by name. */
export async function dumpSchema(session: Session, schema: string): Promise<string> {
  const tables = await rowsOf<{ oid: number; name: string; kind: string; comment: string | null }>(
    session,
    schema,
    tablesQuery,
  );
  const blocks: string[] = [];
  for (const { oid, name, kind, comment } of tables) {
    const lines = [`${kind} ${name} -- ${comment ?? 'NO COMMENT'}`];
    for (const query of [columnsQuery, constraintsQuery, indexesQuery, triggersQuery])
      lines.push(...(await linesOf(session, oid, query)));
    blocks.push(lines.join('\n'));
  }
  return `${[...blocks, ...(await linesOf(session, schema, functionsQuery))].join('\n\n')}\n`;
}

/** Tables and columns of a schema that nobody explained. */
export async function uncommented(session: Session, schema: string): Promise<string[]> {
  return linesOf(session, schema, uncommentedQuery);
}

async function rowsOf<Row>(session: Session, parameter: string | number, text: string): Promise<Row[]> {
  const { rows } = await session.query('a look into the catalogs', text, [parameter]);
  return rows as Row[];
}

const linesOf = async (session: Session, parameter: string | number, text: string): Promise<string[]> =>
  (await rowsOf<{ line: string }>(session, parameter, text)).map(({ line }) => line);

const tablesQuery = `
  SELECT c.oid, c.relname AS name, obj_description(c.oid, 'pg_class') AS comment,
    CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END
      || CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
  FROM pg_class c
  WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'm')
  ORDER BY c.relname COLLATE "C"`;

const columnsQuery = `
  SELECT '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attcollation = 0 OR co.collname = 'default' THEN '' ELSE ' COLLATE ' || quote_ident(co.collname) END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || CASE a.attidentity WHEN 'a' THEN ' IDENTITY' WHEN 'd' THEN ' IDENTITY BY DEFAULT' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
    || ' -- ' || coalesce(col_description(a.attrelid, a.attnum), 'NO COMMENT') AS line
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation co ON co.oid = a.attcollation
  WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

const constraintsQuery = `
  SELECT '  ' || pg_get_constraintdef(oid) AS line
  FROM pg_constraint
  WHERE conrelid = $1 AND contype <> 'n'
  ORDER BY contype, pg_get_constraintdef(oid) COLLATE "C"`;

const indexesQuery = `
  SELECT '  ' || pg_get_indexdef(i.indexrelid) AS line
  FROM pg_index i
  WHERE i.indrelid = $1 AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = $1)
  ORDER BY pg_get_indexdef(i.indexrelid) COLLATE "C"`;

const triggersQuery = `
  SELECT '  ' || pg_get_triggerdef(oid) AS line
  FROM pg_trigger
  WHERE tgrelid = $1 AND NOT tgisinternal
  ORDER BY tgname COLLATE "C"`;

const functionsQuery = `
  SELECT pg_get_functiondef(p.oid) || '-- ' || coalesce(obj_description(p.oid, 'pg_proc'), 'NO COMMENT') AS line
  FROM pg_proc p
  WHERE p.pronamespace = $1::regnamespace
  ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"`;

const uncommentedQuery = `
  SELECT c.relname || coalesce('.' || a.attname, '') AS line
  FROM pg_class c
  CROSS JOIN LATERAL (
    SELECT NULL::name AS attname, 0 AS attnum
    UNION ALL
    SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
  ) AS a
  WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND (CASE a.attnum WHEN 0 THEN obj_description(c.oid, 'pg_class') ELSE col_description(c.oid, a.attnum) END) IS NULL
  ORDER BY 1`;
