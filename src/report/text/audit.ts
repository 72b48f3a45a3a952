import { type AuditCounts, wrongAtMost } from '../../decide/audit/counts.ts';
import { counted, inFull, lasting } from '../../plain-text.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** What an audit looked at and found, as summary.json has it. */
export interface AuditSummary extends AuditCounts {
  readonly scope: 'sample' | 'all' | 'only';
  /** Of a sample. */
  readonly seed: string | null;
  readonly content: boolean;
  /** False: it was stopped before it had looked at all. */
  readonly whole: boolean;
  /** Of a sample: with 95 % confidence at most this share of the patients is wrong. Null for other scopes. */
  readonly wrong_at_most: number | null;
  readonly queries: number;
  /** Rows that --repair made owed; null without it. */
  readonly repaired: number | null;
  /** What the round over all patients has found up to this audit; null for other scopes. */
  readonly round: { readonly since: string; readonly assessed: number; readonly wrong: number } | null;
}

interface AuditRow {
  readonly scope: AuditSummary['scope'];
  readonly seed: string | null;
  readonly has_content: boolean;
  readonly counts: AuditCounts;
  readonly queries: number;
  readonly repaired: number | null;
  readonly is_whole: boolean;
  readonly round_started_at: Date | null;
  readonly round_assessed: number | null;
  readonly round_wrong: number | null;
}

/** Null for a run that read nothing back. */
export async function readAudit(session: Session, runNumber: number): Promise<AuditSummary | null> {
  const [row] = await session.run<AuditRow>(statement('ledger/audit/read_audit'), [runNumber]);
  if (row === undefined) return null;
  const { scope, seed, has_content, counts, queries, repaired, is_whole } = row;
  const { patients, documents, merges, assessed, wrong, unanswered, unexpected_documents, matched_by } = counts;
  return {
    scope,
    seed,
    content: has_content,
    whole: is_whole,
    patients,
    documents,
    merges,
    assessed,
    wrong,
    wrong_at_most: scope === 'sample' && assessed > 0 ? upwards(wrongAtMost(counts), 4) : null,
    unanswered,
    unexpected_documents,
    matched_by,
    queries,
    repaired,
    round: roundOf(row),
  };
}

function roundOf({ round_started_at, round_assessed, round_wrong }: AuditRow): AuditSummary['round'] {
  if (round_started_at === null) return null;
  return { since: round_started_at.toISOString(), assessed: round_assessed ?? 0, wrong: round_wrong ?? 0 };
}

/** Rounded up, so that the bound holds. */
const upwards = (share: number, decimals: number): number => Math.ceil(share * 10 ** decimals) / 10 ** decimals;

/** `300 patients and 540 of their documents looked at: 1 patient wrong; with 95 % confidence at most 1.6 % of the patients are`. No full stop. */
export function describeAudit(audit: Omit<AuditSummary, 'queries'>): string {
  const { assessed, wrong, unanswered, patients, merges, repaired } = audit;
  if (assessed === 0 && unanswered === 0) return `No patient was looked at${notSynced(patients.not_yet_synced)}`;
  const bound =
    audit.wrong_at_most === null
      ? ''
      : `; with 95 % confidence at most ${percent(wrongAtMost(audit))} of the patients are`;
  const unmade =
    merges.missing === 0
      ? ''
      : `; ${counted(merges.missing, 'merge')} not made: the retired patient still answers alone`;
  const silent =
    unanswered === 0
      ? ''
      : `; ${counted(unanswered, 'patient')} got no answer and ${unanswered === 1 ? 'is' : 'are'} left out`;
  const owed = repaired === null || repaired === 0 ? '' : `; ${counted(repaired, 'row')} will be sent again`;
  return (
    `${counted(assessed, 'patient')} and ${inFull(assessedDocuments(audit))} of their documents looked at: ` +
    `${wrong === 0 ? 'none' : counted(wrong, 'patient')} wrong${bound}${unmade}${silent}${notSynced(patients.not_yet_synced)}${owed}`
  );
}

export const assessedDocuments = ({ documents }: Pick<AuditCounts, 'documents'>): number =>
  documents.found + documents.differs + documents.missing;

const notSynced = (count: number): string =>
  count === 0
    ? ''
    : `; ${counted(count, 'patient')} changed or ${count === 1 ? 'was' : 'were'} sent just now, and ${count === 1 ? 'is' : 'are'} not assessed`;

/** Two significant digits, rounded up: `1.6 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value <= 0 ? 0 : Math.max(0, 1 - Math.floor(Math.log10(value)));
  return `${String(upwards(value, digits))} %`;
}

export interface AuditTally {
  readonly run_id: string;
  readonly started_at: Date;
  readonly scope: AuditSummary['scope'];
  readonly counts: AuditCounts;
}

/** Newest first; up to a run, or all. */
export const readLastAudits = (session: Session, count: number, upTo: number | null = null): Promise<AuditTally[]> =>
  session.run<AuditTally>(statement('ledger/audit/read_last_audits'), [count, upTo]);

/** How far the newest round of `audit --all` has come. */
export interface AuditProgress {
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly looked_at: number;
  readonly patients: number;
}

export async function readAuditProgress(session: Session): Promise<AuditProgress | null> {
  const [progress] = await session.run<AuditProgress>(statement('ledger/audit/read_audit_progress'));
  return progress ?? null;
}

/** For `status`. */
export function describeLastAudit(last: AuditTally | null, now: Date): string {
  if (last === null) return 'never: nothing shows that the copy is true (see audit)';
  const { assessed, wrong } = last.counts;
  const who = last.scope === 'sample' ? 'random patient' : 'patient';
  const where = wrong === 0 ? '' : ' (its open-actions.csv)';
  return `${inFull(wrong)} of ${counted(assessed, who)} wrong${where}, ${lasting(now.getTime() - last.started_at.getTime())} ago`;
}

/** What the last audit says of all patients; null if it says nothing of them. For `status`. */
export function describeBound(last: AuditTally | null): string | null {
  if (last?.scope !== 'sample' || last.counts.assessed === 0) return null;
  return `at most ${percent(wrongAtMost(last.counts))} of all patients at Redox are wrong`;
}

/** `4,000 of 10,000 patients looked at since 2026-01-28`. */
export function describeProgress({ started_at, finished_at, looked_at, patients }: AuditProgress): string {
  const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
  if (finished_at === null) {
    return `${inFull(looked_at)} of ${counted(patients, 'patient')} looked at since ${dayOf(started_at)}`;
  }
  const [first, last] = [dayOf(started_at), dayOf(finished_at)];
  return `all patients looked at ${first === last ? `on ${first}` : `between ${first} and ${last}`}`;
}
