/** What the first patients of an audit show: whether Redox's identifiers and document ids are ours, and what listed times mean. */
import { counted, inFull } from '../../plain-text.ts';
import type { ChangeLimits } from '../change.ts';
import { smallestGuarded } from '../guard.ts';
import type { Answers, AuditedPatient } from './assess.ts';
import { isSameTime } from './match-documents.ts';

/** This many patients are looked at before the first is assessed. */
export const firstPatients = 20;

interface Looked {
  readonly patient: AuditedPatient;
  readonly answers: Answers;
}

/** Why nothing may be assessed by these answers, as a clause; null if they are plausible. */
export function implausibleAnswers(looked: readonly Looked[]): string | null {
  const answered = looked.flatMap(({ answers: { byIdentifier } }) =>
    byIdentifier.kind === 'answered' ? [byIdentifier.patients.length] : [],
  );
  if (answered.length >= firstPatients && answered.every((hits) => hits === 0)) {
    return (
      `none of the first ${inFull(answered.length)} patients was found by identifier. Check REDOX_DESTINATION_ID and PATIENT_OID, and ask ` +
      'Redox whether your repository can be searched by identifier'
    );
  }
  const both = looked.flatMap(({ patient, answers: { listing, matched } }) => {
    const listed = listing.kind === 'answered' ? listing.documents.length : 0;
    return patient.documents.length > 0 && listed > 0 && matched !== null ? [{ listed, matched }] : [];
  });
  if (both.length === 0 || both.some(({ matched }) => matched.matches.size > 0)) return null;
  const listed = both.reduce((sum, one) => sum + one.listed, 0);
  return (
    `Redox lists ${counted(listed, 'document')} of the first ${counted(both.length, 'patient')} with documents, and none of them has an id, ` +
    'or a type, visit and time, of a document that was sent. Check DOCUMENT_OID and REDOX_DESTINATION_ID, and ask Redox what Documents[].ID ' +
    'of a DocumentQuery holds'
  );
}

/** True if listed times are those of our pushes: one has to be the very same. */
export const timesAreVersions = (looked: readonly Looked[]): boolean =>
  looked.some(({ answers: { matched } }) =>
    [...(matched?.matches ?? [])].some(([document, { listed }]) =>
      isSameTime(listed[0].dateTime, document.pushedAt?.toISOString() ?? null),
    ),
  );

/** Up to this many rows are never a mass change. */
const fewRows = 10;

/** Why this many rows may not be owed at once without a person's approval, as a clause; null if they may. */
export function tooMuchToRepair(
  owed: { readonly patients: number; readonly documents: number },
  lookedAt: { readonly patients: number; readonly documents: number },
  { changed }: ChangeLimits,
): string | null {
  const reasons = (['patients', 'documents'] as const).flatMap((what) => {
    const [count, of] = [owed[what], lookedAt[what]];
    if (of < smallestGuarded || count <= fewRows || count <= changed * of) return [];
    const share = Number(((count / of) * 100).toPrecision(2));
    return [`${inFull(count)} of the ${inFull(of)} ${what} looked at (${share}%) are missing or differ`];
  });
  if (reasons.length === 0) return null;
  return `${reasons.join('; ')}, and LARGE_CHANGE allows changed=${Number((changed * 100).toPrecision(2))}%`;
}
