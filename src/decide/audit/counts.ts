import { type AuditResult, auditResults, type Assessment, verdictOn } from './assess.ts';
import { type MatchRule, matchRules } from './match-documents.ts';
import { upperBound } from './upper-bound.ts';

type ResultCounts = Readonly<Record<AuditResult, number>>;

interface MergeCounts {
  /** Made at Redox. */
  readonly found: number;
  readonly missing: number;
  readonly unanswered: number;
  /** Retired MRNs that Redox was asked about, without answers that tell whether it made their merges: then none is assessed. */
  readonly not_assessed: number;
}

export interface AuditCounts {
  readonly patients: ResultCounts;
  readonly documents: ResultCounts;
  /** Merges into the patients. */
  readonly merges: MergeCounts;
  /** Assessed patients, and those of them with anything wrong. */
  readonly assessed: number;
  readonly wrong: number;
  /** Patients of whom something stays unanswered, and all else is right. */
  readonly unanswered: number;
  /** Listed documents that the ledger lacks. */
  readonly unexpected_documents: number;
  /** By which rule documents were found. */
  readonly matched_by: Readonly<Record<MatchRule, number>>;
}

export const noAuditCounts = (): AuditCounts => ({
  patients: noResults(),
  documents: noResults(),
  merges: { found: 0, missing: 0, unanswered: 0, not_assessed: 0 },
  assessed: 0,
  wrong: 0,
  unanswered: 0,
  unexpected_documents: 0,
  matched_by: { id: 0, id_end: 0, visit: 0 },
});

const noResults = (): ResultCounts => ({
  found: 0,
  not_findable: 0,
  differs: 0,
  missing: 0,
  unexpected: 0,
  not_yet_synced: 0,
  unanswered: 0,
});

/** Patients left out, because their rows change or were sent just now. */
export const countNotSynced = (counts: AuditCounts, patients: number): AuditCounts => ({
  ...counts,
  patients: { ...counts.patients, not_yet_synced: counts.patients.not_yet_synced + patients },
});

export const countNotAssessed = (counts: AuditCounts, merges: number): AuditCounts => ({
  ...counts,
  merges: { ...counts.merges, not_assessed: merges },
});

export function countAssessments(
  counts: AuditCounts,
  assessments: readonly Assessment[],
  rules: readonly MatchRule[],
): AuditCounts {
  const verdicts = assessments.map(verdictOn);
  const wrong = verdicts.filter((verdict) => verdict === 'wrong').length;
  const unanswered = verdicts.filter((verdict) => verdict === 'unanswered').length;
  const mergesOf = (wanted: AuditResult): number =>
    assessments.reduce((sum, { merges }) => sum + merges.filter(({ result }) => result === wanted).length, 0);
  const tally = <Key extends string>(
    before: Readonly<Record<Key, number>>,
    keys: readonly Key[],
    seen: readonly Key[],
  ): Readonly<Record<Key, number>> => {
    const sums: Record<Key, number> = { ...before };
    for (const key of keys) sums[key] += seen.filter((one) => one === key).length;
    return sums;
  };
  return {
    patients: tally(
      counts.patients,
      auditResults,
      assessments.map(({ patient }) => patient.result),
    ),
    documents: tally(
      counts.documents,
      auditResults,
      assessments.flatMap(({ documents }) => documents.map(({ result }) => result)),
    ),
    merges: {
      ...counts.merges,
      found: counts.merges.found + mergesOf('found'),
      missing: counts.merges.missing + mergesOf('missing'),
      unanswered: counts.merges.unanswered + mergesOf('unanswered'),
    },
    assessed: counts.assessed + assessments.length - unanswered,
    wrong: counts.wrong + wrong,
    unanswered: counts.unanswered + unanswered,
    unexpected_documents:
      counts.unexpected_documents + assessments.reduce((sum, { unexpectedDocuments }) => sum + unexpectedDocuments, 0),
    matched_by: tally(counts.matched_by, matchRules, rules),
  };
}

/** With 95 % confidence, at most this share of the patients is wrong; 1 if none was assessed. */
export const wrongAtMost = ({ wrong, assessed }: Pick<AuditCounts, 'wrong' | 'assessed'>): number =>
  upperBound(wrong, assessed);
