import { contract, type Entity } from '../../../src/contract/contract.ts';
import { RowChecker } from '../../../src/contract/row/row-checker.ts';
import { context } from '../message/rows.ts';

/** Judges rows of a contract that gives these columns, or every one; `headers` are names in files. */
export const checkerOf = (
  entity: Entity,
  headers: readonly string[] = [],
  columns: readonly string[] = contract[entity].columns,
): RowChecker => new RowChecker(entity, { columns: new Set(columns), headers: new Set(headers) }, context);
