import type { JsonObject, JsonValue } from '../../json.ts';
import type { FieldGroup } from '../../message/fingerprint/field-group.ts';
import { instantOf } from './held-value.ts';
import { isSameTime, type ListedDocument, type SentDocument } from './match-documents.ts';
import { objectOf } from './same-patient.ts';

/** What differs: a field group, or the version of a document. */
export type AuditGroup = FieldGroup | 'version';

/**
 * What a listed document contradicts: the visit and type of the message, and the time of its last push. A list may leave each of them out.
 * `header`: `Header.Document` of the message.
 */
export function differingParts(
  { pushedAt }: SentDocument,
  header: JsonObject,
  listed: ListedDocument,
  { timesAreVersions }: { readonly timesAreVersions: boolean },
): readonly AuditGroup[] {
  const visit = objectOf(header['Visit']);
  const groups = new Set<AuditGroup>();
  const differ = (group: AuditGroup, held: string | null, sent: JsonValue | undefined): void => {
    if (held === null || typeof sent !== 'string' || held === sent || isSameTime(held, sent)) return;
    groups.add(group);
  };
  differ('times', listed.visitStart, visit['StartDateTime']);
  differ('times', listed.visitEnd, visit['EndDateTime']);
  differ('clinical', listed.visitId, visit['VisitNumber']);
  differ('clinical', listed.typeCode, objectOf(header['TypeCode'])['Code']);
  if (timesAreVersions && isOlder(listed.dateTime, pushedAt)) groups.add('version');
  return [...groups].sort();
}

function isOlder(listed: string | null, pushedAt: Date | null): boolean {
  const at = instantOf(listed ?? '');
  return at !== null && pushedAt !== null && at < pushedAt.getTime() - 1_000;
}
