import { contract, type Entity } from '../../src/core/contract.ts';
import { RowChecker } from '../../src/core/row-checker.ts';
import { context } from './rows.ts';

/** Judges rows of a contract that gives every column; `headers` are names in files. */
export const checkerOf = (entity: Entity, headers: readonly string[] = []): RowChecker =>
  new RowChecker(entity, { columns: new Set(contract[entity].columns), headers: new Set(headers) }, context);
