import * as z from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../../../json.ts';
import { idsAt, textAt } from '../messages/lookup.ts';
import type { Directory } from '../directory.ts';
import type { Repository } from '../repository.ts';
import type { Site } from '../site.ts';

const json = z.json() as z.ZodType<JsonValue>;
const object = z.record(z.string(), json) as z.ZodType<JsonObject>;

/** A change of the repository or the directory that no message made. `path` has dots; null takes the field away. */
export const tampering = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('forget_patient'), patientId: z.string() }),
  z.strictObject({ kind: z.literal('forget_document'), documentId: z.string() }),
  z.strictObject({ kind: z.literal('alter_patient'), patientId: z.string(), path: z.string(), value: json }),
  z.strictObject({ kind: z.literal('alter_document'), documentId: z.string(), path: z.string(), value: json }),
  /** Of a PatientAdmin message: `Identifiers`, `Demographics` and the like. */
  z.strictObject({ kind: z.literal('add_patient'), patient: object }),
  /** A VisitPush. */
  z.strictObject({ kind: z.literal('add_document'), message: object }),
  z.strictObject({ kind: z.literal('add_organization'), organization: object }),
  z.strictObject({ kind: z.literal('forget_organization'), oid: z.string() }),
  z.strictObject({ kind: z.literal('alter_organization'), oid: z.string(), path: z.string(), value: json }),
]);

export type Tampering = z.infer<typeof tampering>;

interface Holdings {
  readonly repository: Repository;
  readonly directory: Directory;
}

export function tamper({ repository, directory }: Holdings, { patientOid }: Site, change: Tampering): void {
  switch (change.kind) {
    case 'forget_patient':
      repository.forgetPatient(change.patientId);
      return;
    case 'forget_document':
      repository.forgetDocument(change.documentId);
      return;
    case 'alter_patient': {
      const { record } = known(repository.patients.get(change.patientId), change.patientId);
      repository.setPatient(change.patientId, altered(record, change.path.split('.'), change.value));
      return;
    }
    case 'alter_document': {
      const document = known(repository.documents.get(change.documentId), change.documentId);
      repository.setDocument({ ...document, message: altered(document.message, change.path.split('.'), change.value) });
      return;
    }
    case 'add_patient':
      repository.setPatient(idsAt(change.patient, patientOid, 'Identifiers')[0] ?? '', change.patient);
      return;
    case 'add_document': {
      const { message } = change;
      const patientId = idsAt(message, patientOid, 'Header', 'Patient', 'Identifiers')[0] ?? '';
      repository.pushDocument(textAt(message, 'Header', 'Document', 'ID') ?? '', patientId, message, true);
      return;
    }
    case 'add_organization':
      directory.set(idsAt(change.organization, 'OID', 'Identifiers')[0] ?? '', change.organization);
      return;
    case 'forget_organization':
      directory.set(change.oid, null);
      return;
    case 'alter_organization': {
      const { organization } = known(directory.organizations.get(change.oid), change.oid);
      directory.set(change.oid, altered(organization, change.path.split('.'), change.value));
    }
  }
}

function known<T>(stored: T | undefined, id: string): T {
  if (stored === undefined) throw new Error(`The stand-in has no ${id} to alter.`);
  return stored;
}

function altered(object: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length > 0) {
    const inner = object[key];
    return { ...object, [key]: altered(isObject(inner) ? inner : {}, rest, value) };
  }
  return Object.fromEntries(
    Object.entries({ ...object, [key]: value }).filter(([name]) => name !== key || value !== null),
  );
}
