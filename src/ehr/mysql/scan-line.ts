import { encodeCopyLine } from '../../contract/row/copy-text.ts';
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
  const places = scanColumns(query).map((column) => selected.indexOf(column));
  return (row) => {
    const [changed = null] = row;
    const instant = changed === null ? null : latestInstant(changed, zone);
    if (!window.holds(instant, (name) => row[selected.indexOf(name, 1)] ?? null)) return '';
    const values: (string | null)[] = [instant];
    for (let index = 1; index < places.length; index += 1) values.push(row[places[index] ?? -1] ?? null);
    const line = encodeCopyLine(values);
    return `${line.includes('\0') ? encodeCopyLine(values.map(marked)) : line}\n`;
  };
}
