import { fetchText, sampleText, sectionText } from '../compose.ts';
import { type CheckedContract, fetchedBesides, rowQueries } from '../../contract/contract-query.ts';
import type { Planned } from './query-plan.ts';

/** Every query of a contract as the job composes it, to find the tables that it reads. */
export function composedQueries(contract: CheckedContract): Planned[] {
  const { byKey } = contract;
  return [
    ...rowQueries(contract).map((query) => ({ file: query.file, text: sampleText(query, 1), takesIds: false })),
    ...[byKey.patient, byKey.encounter].map((query) => ({ file: query.file, text: fetchText(query), takesIds: true })),
    ...fetchedBesides(contract).map((query) => ({ file: query.file, text: sectionText(query), takesIds: true })),
  ];
}
