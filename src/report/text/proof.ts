/** What an audit proves and what it does not, for readers who know neither Redox nor the program. */
import { wrongAtMost } from '../../decide/audit/counts.ts';
import { counted, inFull } from '../../plain-text.ts';
import { assessedDocuments, type AuditSummary, percent } from './audit.ts';

/** Each with a full stop. */
export interface Proof {
  readonly proved: string;
  readonly notProved: string;
}

export const proofOf = (audit: AuditSummary): Proof => ({
  proved: audit.assessed === 0 ? 'Proved: nothing, because no patient was assessed.' : provedBy(audit),
  notProved: `Not proved: ${gapsOf(audit).join('; ')}.`,
});

function provedBy(audit: AuditSummary): string {
  const { assessed, wrong, documents, merges } = audit;
  const assessedMerges = merges.found + merges.missing;
  const made =
    assessedMerges === 0
      ? ''
      : `; for ${inFull(merges.found)} of ${counted(assessedMerges, 'merge')} the retired patient no longer answers alone`;
  const right =
    `Proved: ${inFull(assessed - wrong)} of ${counted(assessed, 'patient')} and ${inFull(documents.found)} of their ` +
    `${counted(assessedDocuments(audit), 'document')} are at Redox as the EHR has them${made}.`;
  return `${right}${whatFollows(audit)}`;
}

function whatFollows(audit: AuditSummary): string {
  const { scope, whole, round, assessed } = audit;
  if (scope === 'only') return '';
  if (scope === 'sample') {
    return ` They were drawn by lot, so with 95 % confidence at most ${percent(wrongAtMost(audit))} of all patients that Redox was sent are wrong.`;
  }
  if (round === null || round.assessed === assessed) return whole ? ' No other patient was left to look at.' : '';
  const all = whole ? 'all of them' : 'so far';
  return ` In this round, since ${round.since.slice(0, 10)}, ${counted(round.assessed, 'patient')} were looked at, ${all}: ${inFull(round.wrong)} wrong at the time.`;
}

/** Of what the audit says nothing. */
function gapsOf({ scope, whole, content, patients, documents, merges, unanswered }: AuditSummary): readonly string[] {
  const others = {
    sample: 'which other patients are wrong (audit --all looks at each)',
    all: whole ? '' : 'patients whose turn has not come in this round',
    only: 'patients who were not listed',
  }[scope];
  return [
    others,
    content ? '' : 'the text of the documents (audit --content reads it)',
    patients.not_yet_synced === 0 ? '' : `${counted(patients.not_yet_synced, 'patient')} changed or sent just now`,
    documents.not_yet_synced === 0 ? '' : `${counted(documents.not_yet_synced, 'document')} changed or sent just now`,
    merges.not_assessed === 0
      ? ''
      : `whether Redox made the merges into them (its answers for ${counted(merges.not_assessed, 'retired patient')} do not tell: it may keep retired patients searchable)`,
    unanswered === 0 ? '' : `${counted(unanswered, 'patient')} without an answer`,
    'what was never sent (the last nightly lists it) or has changed since',
  ].filter((gap) => gap !== '');
}
