import { tablesIn } from '../contract/contract-tables.ts';
import { type CheckedContract, fetchedBesides } from '../contract/contract-query.ts';

/** The names of tables that the contract's queries read, in lower case, by the text of the queries. */
export function tablesOfContract(contract: CheckedContract): ReadonlySet<string> {
  const { all, byKey } = contract;
  const queries = [...Object.values(all), ...Object.values(byKey), ...fetchedBesides(contract)];
  // A quoted name is written as the other dialect writes it.
  const texts = queries.flatMap((query) => (query === null ? [] : [query.text.replaceAll('`', '"')]));
  return new Set(texts.flatMap(tablesIn).map((name) => name.toLowerCase()));
}
