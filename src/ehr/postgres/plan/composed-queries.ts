import { fetchText, sampleText } from '../compose.ts';
import { type CheckedContract, fetchedBesides, rowQueries } from '../../contract/contract-query.ts';
import type { Planned } from './query-plan.ts';

/** Every query of a contract as the job composes it, to find the tables that it reads. */
export function composedQueries(contract: CheckedContract): Planned[] {
  return [
    ...rowQueries(contract).map((query) => ({ file: query.file, text: sampleText(query, 1), takesIds: false })),
    ...[contract.byKey.patient, contract.byKey.encounter, ...fetchedBesides(contract)].map((query) => ({
      file: query.file,
      text: fetchText(query),
      takesIds: true,
    })),
  ];
}
