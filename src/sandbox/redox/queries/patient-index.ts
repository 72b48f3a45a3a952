import type { JsonObject } from '../../../json.ts';
import { objectsAt, textAt } from '../messages/lookup.ts';

/** What a search begins with: an identifier as it is, or a name. */
export type SearchKey =
  { readonly identifier: string } | { readonly firstName: string | null; readonly lastName: string | null };

interface Indexed {
  readonly id: string;
  readonly record: JsonObject;
}

export class PatientIndex {
  readonly #ids = new Map<string, Set<string>>();

  constructor(patients: Iterable<Indexed>) {
    for (const patient of patients) this.add(patient);
  }

  add({ id, record }: Indexed): void {
    for (const key of keysOf(record)) {
      const ids = this.#ids.get(key);
      if (ids === undefined) this.#ids.set(key, new Set([id]));
      else ids.add(id);
    }
  }

  remove({ id, record }: Indexed): void {
    for (const key of keysOf(record)) this.#ids.get(key)?.delete(id);
  }

  idsUnder(key: SearchKey): Iterable<string> {
    return this.#ids.get(textOf(key)) ?? [];
  }
}

const keysOf = (record: JsonObject): readonly string[] => [
  ...objectsAt(record, 'Identifiers').map(({ ID }) => textOf({ identifier: typeof ID === 'string' ? ID : '' })),
  textOf({
    firstName: textAt(record, 'Demographics', 'FirstName'),
    lastName: textAt(record, 'Demographics', 'LastName'),
  }),
];

const textOf = (key: SearchKey): string =>
  'identifier' in key ? `i${key.identifier}` : `n${JSON.stringify([key.firstName, key.lastName]).toLowerCase()}`;
