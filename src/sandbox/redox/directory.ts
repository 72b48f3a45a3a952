import type { JsonObject } from '../../json.ts';
import { idsAt, objectsAt, textAt } from './messages/lookup.ts';

export interface StoredOrganization {
  readonly oid: string;
  readonly active: boolean;
  readonly organization: JsonObject;
  readonly versionCount: number;
}

/** The directory's answer; `status` is the HTTP status. */
interface Ruling {
  readonly status: 200 | 403;
  readonly text: string;
}

const notParsed = 'Failed to parse request body as XML resource.';

/** The Carequality directory: organisations by OID, with its own error texts. */
export class Directory {
  readonly organizations = new Map<string, StoredOrganization>();

  create(message: JsonObject): Ruling {
    const records = recordsOf(message);
    if (!records.every(hasContact)) return { status: 403, text: notParsed };
    const known = records.find(({ oid }) => this.organizations.has(oid));
    if (known !== undefined) return { status: 403, text: `${known.oid} already exists.` };
    for (const record of records) this.#put(record);
    return { status: 200, text: 'New organization was added successfully.' };
  }

  /** `Active: false` deactivates the record; a later Update may reactivate it. */
  update(message: JsonObject): Ruling {
    const records = recordsOf(message);
    if (!records.every(hasContact)) return { status: 403, text: notParsed };
    const unknown = records.find(({ oid }) => !this.organizations.has(oid));
    if (unknown !== undefined) return { status: 403, text: `id:${unknown.oid} is not valid.` };
    for (const record of records) this.#put(record);
    const oids = records.map(({ oid }) => oid).join(', ');
    return { status: 200, text: `Organization with id:${oids} has been updated successfully.` };
  }

  /** The active and inactive organisations that a query asks for, in the order of their registration. */
  search(query: JsonObject): readonly JsonObject[] {
    return [...this.organizations.values()].flatMap(({ organization }) =>
      isWanted(query, organization) ? [organization] : [],
    );
  }

  /** Replaces or removes a record without a message. */
  set(oid: string, organization: JsonObject | null): void {
    if (organization === null) this.organizations.delete(oid);
    else this.#put({ oid, organization });
  }

  clear(): void {
    this.organizations.clear();
  }

  #put({ oid, organization }: Entry): void {
    const versionCount = (this.organizations.get(oid)?.versionCount ?? 0) + 1;
    this.organizations.set(oid, { oid, active: organization['Active'] === true, organization, versionCount });
  }
}

interface Entry {
  readonly oid: string;
  readonly organization: JsonObject;
}

const recordsOf = (message: JsonObject): readonly Entry[] =>
  objectsAt(message, 'Organizations').map((organization) => ({
    oid: idsAt(organization, 'OID', 'Identifiers')[0] ?? '',
    organization,
  }));

function isWanted(query: JsonObject, organization: JsonObject): boolean {
  const id = textAt(query, 'Identifier', 'ID');
  const idType = textAt(query, 'Identifier', 'IDType');
  const name = textAt(query, 'NameSearch', 'Value');
  const state = textAt(query, 'State');
  return (
    (id === null ||
      objectsAt(organization, 'Identifiers').some(
        ({ ID, IDType }) => ID === id && (idType === null || IDType === idType),
      )) &&
    (name === null || (textAt(organization, 'Name') ?? '').toLowerCase().includes(name.toLowerCase())) &&
    (state === null || textAt(organization, 'Address', 'State') === state)
  );
}

/** The directory requires a contact from implementers only. */
const hasContact = ({ organization }: Entry): boolean =>
  textAt(organization, 'Type', 'Value') !== 'Implementer' || objectsAt(organization, 'Contacts').length > 0;
