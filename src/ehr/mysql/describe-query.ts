import { DatabaseFault } from '../../fault.ts';
import type { MysqlSession } from '../../mysql/session.ts';
import type { SiteQuery } from '../contract/contract-query.ts';
import type { Column } from '../engine.ts';
import { columnTypeOf } from './column-type.ts';
import { describeText } from './compose.ts';
import { bindIds, parametersIn } from './ids.ts';

/** Implements `EhrSession.describe`. */
export async function describeQuery(
  session: MysqlSession,
  query: SiteQuery,
): Promise<{ readonly columns: readonly Column[] } | { readonly fault: string }> {
  const misuse = parameterFault(query);
  if (misuse !== null) return { fault: misuse };
  try {
    const fields = await session.columns(`a look at ${query.file}`, bindIds(describeText(query.text), []));
    return {
      columns: fields.map((field) => {
        const type = columnTypeOf(field);
        return { name: field.name, type, scale: type === 'decimal' ? field.decimals : null };
      }),
    };
  } catch (error) {
    if (error instanceof DatabaseFault && !error.isTimeout) return { fault: explain(query, error) };
    throw error;
  }
}

function parameterFault({ file, text, byId }: SiteQuery): string | null {
  const parameters = parametersIn(text);
  if (!byId) {
    return parameters.length === 0
      ? null
      : `${file} takes no parameters; what finds rows by $1 belongs into ${file.replace(/\.sql$/, '_by_id.sql')}`;
  }
  if (parameters.length === 0) return `${file} does not use $1; it must give the rows of the ids in $1: … IN ($1)`;
  const other = parameters.find((parameter) => parameter !== '1');
  return other === undefined ? null : `${file} uses $${other}, but the only parameter is $1, a list of ids: … IN ($1)`;
}

/** Our own SELECT stands on a line before the file's first. */
const linesBefore = 1;

function explain({ file }: SiteQuery, fault: DatabaseFault): string {
  const said = fault.sentence
    .replace(/^The EHR refused a look at [^:]*: /, '')
    .replace(/\.$/, '')
    .replace(/ at line (\d+)/, (_, line: string) => ` at line ${Math.max(Number(line) - linesBefore, 1)} of the file`);
  return `${file} was refused: ${said}; ${remedyFor(fault.code)}`;
}

function remedyFor(code: string): string {
  switch (code) {
    case 'ER_NO_SUCH_TABLE':
    case 'ER_BAD_DB_ERROR':
      return 'check the name and its database; EHR_URL names the one in which names are looked up';
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_PROCACCESS_DENIED_ERROR':
      return 'grant the account of EHR_URL SELECT on what the query reads';
    case 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION':
      return 'it would write into the EHR, itself or by a function that it calls; the EHR is only read, so take that out';
    case 'ER_PARSE_ERROR':
      return 'the file must hold exactly one SELECT, in the dialect of this server';
    default:
      return 'run the file by hand as the account of EHR_URL and mend it';
  }
}
