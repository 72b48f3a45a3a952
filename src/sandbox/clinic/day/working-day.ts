import type { Session } from '../../../postgres/session.ts';
import type { Statement } from '../../../postgres/sql-file.ts';
import type { Day } from './calendar.ts';
import type { ClinicEdits } from './edits.ts';
import type { Numbers, Setting } from '../setting.ts';

export interface WorkingDay {
  readonly session: Session;
  readonly edits: ClinicEdits;
  readonly setting: Setting;
  readonly day: Day;
  /** When the day's edits count as entered. */
  readonly at: string;
}

/** Ids in a pseudo-random order from the clinic's seed and the day. */
export async function pick(
  { session, setting, day }: WorkingDay,
  query: Statement<{ id: string }>,
  filter: readonly (string | null | readonly string[])[],
  count: number,
): Promise<string[]> {
  const order = `${setting.seed} ${day} `;
  const rows = await session.run(query, [order, ...filter, count]);
  return rows.map(({ id }) => id);
}

export const next = (last: number, count: number): Numbers => ({ from: last + 1, to: last + count });

export const idsOf = ({ from, to }: Numbers, idOf: (number: number) => string): string[] =>
  Array.from({ length: to - from + 1 }, (_, offset) => idOf(from + offset));

/** In sequence, because they share a connection. */
export async function forEach<T>(items: readonly T[], edit: (item: T) => Promise<void>): Promise<readonly T[]> {
  for (const item of items) await edit(item);
  return items;
}
