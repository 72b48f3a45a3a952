import { randomBytes } from 'node:crypto';
import { encodeCopyField } from '../../contract/row/copy-text.ts';
import { UsageFault } from '../../fault.ts';
import type { TextValues } from '../../mysql/session.ts';
import { damageMark } from '../../values/damage.ts';
import type { CheckedQuery } from '../contract/contract-query.ts';
import { type RowMarks, scanColumns, scannedColumns } from './compose.ts';
import { latestInstant } from './instant.ts';
import type { Window } from './window.ts';

/** The ledger holds no zero byte; a value with one cannot be meant. */
export const marked = (value: string | null): string | null => (value?.includes('\0') === true ? damageMark : value);

/** A control character and four random letters each. */
export function newRowMarks(): RowMarks {
  const own = randomBytes(3).toString('base64');
  return { between: `\u0001${own}`, absent: `\u0002${own}` };
}

/** What a line of COPY escapes, and the zero byte. */
const isSpecial = /[\\\b\f\n\r\t\v\0]/;

/** Makes a scan's line of a row of `scanText`, with `\N` for each column that the site omits; '' for a row outside the window. */
export function lineMaker(
  query: CheckedQuery,
  window: Window,
  zone: string,
  { between, absent }: RowMarks,
): (row: TextValues) => string {
  const selected = scannedColumns(query);
  const { gaps, rest } = omitted(scanColumns(query), selected);
  return ([changed = null, others = null]) => {
    if (others === null) throw rowTooLong(query);
    const fields = others.split(between);
    const valueOf = (place: number): string | null => {
      const field = fields[place - 1];
      return field === undefined || field === absent ? null : field;
    };
    const instant = changed === null ? null : latestInstant(changed, zone);
    if (!window.holds(instant, (name) => valueOf(selected.indexOf(name, 1)))) return '';
    const isPlain = !isSpecial.test(others);
    let line = encodeCopyField(instant);
    for (let place = 1; place < selected.length; place += 1) {
      const field = fields[place - 1] ?? absent;
      line += gaps[place] ?? '';
      line += field === absent ? omittedColumn : `\t${isPlain ? field : encodeCopyField(marked(field))}`;
    }
    return `${line}${rest}\n`;
  };
}

const rowTooLong = ({ file }: CheckedQuery): UsageFault =>
  new UsageFault(
    `${file} gives a row with more text than the server puts into one (max_allowed_packet); leave the long column out, or cut it in the query.`,
  );

const omittedColumn = '\t\\N';

/** The columns that stand before each selected one and after the last, which the site omits. */
function omitted(
  all: readonly string[],
  selected: readonly string[],
): { readonly gaps: readonly string[]; readonly rest: string } {
  const places = selected.map((column) => all.indexOf(column));
  const gaps = places.map((place, index) =>
    index === 0 ? '' : omittedColumn.repeat(place - (places[index - 1] ?? 0) - 1),
  );
  return { gaps, rest: omittedColumn.repeat(all.length - 1 - (places.at(-1) ?? 0)) };
}
