import { encodeCopyField } from '../../contract/row/copy-text.ts';
import type { TextValues } from '../../mysql/session.ts';
import { damageMark } from '../../values/damage.ts';
import type { CheckedQuery } from '../contract/contract-query.ts';
import { scanColumns, scannedColumns } from './compose.ts';
import { latestInstant } from './instant.ts';
import type { Window } from './window.ts';

/** The ledger holds no zero byte; a value with one cannot be meant. */
export const marked = (value: string | null): string | null => (value?.includes('\0') === true ? damageMark : value);

/** Makes a scan's line of a selected row, with `\N` for each column that the site omits; '' for a row outside the window. */
export function lineMaker(query: CheckedQuery, window: Window, zone: string): (row: TextValues) => string {
  const selected = scannedColumns(query);
  const { gaps, rest } = omitted(scanColumns(query), selected);
  const lineOf = (
    instant: string | null,
    row: TextValues,
    cleaned: (value: string | null) => string | null,
  ): string => {
    let line = encodeCopyField(instant);
    for (let place = 1; place < selected.length; place += 1) {
      line += `${gaps[place] ?? ''}\t${encodeCopyField(cleaned(row[place] ?? null))}`;
    }
    return `${line}${rest}\n`;
  };
  return (row) => {
    const [changed = null] = row;
    const instant = changed === null ? null : latestInstant(changed, zone);
    if (!window.holds(instant, (name) => row[selected.indexOf(name, 1)] ?? null)) return '';
    const line = lineOf(instant, row, asItIs);
    return line.includes('\0') ? lineOf(instant, row, marked) : line;
  };
}

const asItIs = (value: string | null): string | null => value;

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
