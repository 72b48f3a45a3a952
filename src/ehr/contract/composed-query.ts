/** What composed SQL has in common on every server. */
import { UsageFault } from '../../fault.ts';
import type { CheckedQuery, FetchedBesides } from './contract-query.ts';

/** The query as a FROM; a newline follows it because its last line may be a comment. */
export const fromContract = (text: string): string => `FROM (\n${text}\n) AS contract`;

/** The contract's columns that the site provides, in the contract's order. */
export const givenColumns = ({ known, columns }: CheckedQuery | FetchedBesides): readonly string[] =>
  known.filter((column) => columns.has(column));

export const tooLarge = 'row_is_too_large';

/** Others find a patient by them. */
export const matchKeys = ['first_name', 'last_name', 'birth_date', 'zip'] as const;

/** The type of `updated_at`; a selection by updates needs it. */
export function requiredUpdatedAt({ columns, file }: CheckedQuery): string {
  const type = columns.get('updated_at');
  if (type !== undefined) return type;
  throw new UsageFault(
    `${file} has no column updated_at, so it cannot be asked which rows were updated when; ` +
      'add the column to the contract, or select by activity, by key or with a sweep.',
  );
}

/** A selection by activity needs visits with a time. */
export function requireVisitTimes({ columns, file, entity }: CheckedQuery): void {
  if (entity !== 'encounter') throw new Error(`${entity}s are not active at a time; visits are`);
  if (columns.has('started_at') || columns.has('ended_at')) return;
  throw new UsageFault(
    `${file} has neither started_at nor ended_at, so it cannot be asked which visits overlap a window; ` +
      'add started_at to the contract, or select by updated_at.',
  );
}
