import { contract, type Entity } from '../../src/core/contract.ts';
import { RowJudge } from '../../src/core/row-judge.ts';
import { context } from './rows.ts';

/** Judges rows of a contract that gives every column; `headers` are names in files. */
export const judgeOf = (entity: Entity, headers: readonly string[] = []): RowJudge =>
  new RowJudge(entity, { columns: new Set(contract[entity].columns), headers: new Set(headers) }, context);
