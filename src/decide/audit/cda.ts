/** What a document's own text says of it: CDA R2's id, version, time and patient. Any of them may be absent. */
import { Parser } from 'htmlparser2';
import type { AuditGroup } from './same-document.ts';
import type { SentDocument } from './match-documents.ts';

export interface CdaFacts {
  /** `<root>^<extension>`, or one of the two. */
  readonly id: string | null;
  readonly version: number | null;
  readonly effectiveAt: Date | null;
  /** The extensions of the patient's ids. */
  readonly patientIds: readonly string[];
}

/** Null if the text is no ClinicalDocument. */
export function readCda(text: string): CdaFacts | null {
  const path: string[] = [];
  let [isCda, id, version, effectiveTime] = [
    false,
    null as string | null,
    null as string | null,
    null as string | null,
  ];
  const patientIds: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        path.push(name.slice(name.indexOf(':') + 1));
        // What is read lies above, and a text of this depth would take hours.
        if (path.length > mostLevels) parser.pause();
        if (path.length > placeLevels) return;
        const place = path.join('/');
        isCda ||= place === 'ClinicalDocument';
        if (place === 'ClinicalDocument/id') id ??= joined(attributes['root'], attributes['extension']);
        if (place === 'ClinicalDocument/versionNumber') version ??= attributes['value'] ?? null;
        if (place === 'ClinicalDocument/effectiveTime') effectiveTime ??= attributes['value'] ?? null;
        if (place === 'ClinicalDocument/recordTarget/patientRole/id' && attributes['extension'] !== undefined)
          patientIds.push(attributes['extension']);
      },
      onclosetag: () => {
        path.pop();
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  if (!isCda) return null;
  return {
    id,
    version: version !== null && /^\d{1,10}$/.test(version) ? Number(version) : null,
    effectiveAt: effectiveTime === null ? null : timeOf(effectiveTime),
    patientIds,
  };
}

/** Of the deepest place that is read. */
const placeLevels = 4;
/** Real documents have some twenty. */
const mostLevels = 1_000;

const joined = (root: string | undefined, extension: string | undefined): string | null =>
  [root, extension].filter((part) => part !== undefined && part !== '').join('^') || null;

/** `20240229100000+0000`; null for a time without a zone or seconds. */
function timeOf(text: string): Date | null {
  const [, year, month, day, hour, minute, second, sign, zone, zoneMinute] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${sign}${zone}:${zoneMinute}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** What the text contradicts. */
export function differingContent(
  { documentId, pushedAt, version, wasMoved }: SentDocument & { readonly version: number; readonly wasMoved: boolean },
  cda: CdaFacts,
  { mrn, timesAreVersions }: { readonly mrn: string; readonly timesAreVersions: boolean },
): readonly AuditGroup[] {
  const groups = new Set<AuditGroup>();
  const ownId = documentId.slice(documentId.indexOf('^') + 1);
  if (cda.id !== null && cda.id !== ownId && !cda.id.endsWith(`^${ownId}`)) groups.add('identifiers');
  if (!wasMoved && cda.patientIds.length > 0 && !cda.patientIds.includes(mrn)) groups.add('identifiers');
  if (cda.version !== null && cda.version < version) groups.add('version');
  const isOlder =
    cda.effectiveAt !== null && pushedAt !== null && cda.effectiveAt.getTime() < pushedAt.getTime() - 1_000;
  if (timesAreVersions && isOlder) groups.add('version');
  return [...groups].sort();
}
