import { eventTypes, type EventType } from '../decide/call.ts';
import type { Entity, Subject } from '../contract/contract.ts';
import type { ConfirmationCounts } from '../decide/redox/confirmation.ts';
import { noneWaiting, type Waiting, waitingCalls } from '../decide/plan/waiting.ts';
import { emptyRowCounts, type EntityCount, noRows, type RowCounts } from '../decide/change.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { nightsLeft, readBacklog } from './backlog.ts';
import { countLinesNow } from './person-lines.ts';
import { type AuditSummary, readAudit } from './text/audit.ts';
import { readConfirmation } from './text/confirmation.ts';
import { type Findability, readFindability } from './text/findability.ts';
import { readSource, type SourceSummary } from './text/source-summary.ts';

/** The outcome of a call for the run that planned it: exactly one of these (decision 21). */
export const callKinds = [
  'accepted',
  'unneeded',
  'superseded',
  'rejected',
  'failed',
  'unknown',
  'blocked',
  'not_started',
] as const;
export type CallKind = (typeof callKinds)[number];
export type CallCount = Readonly<Record<'planned' | CallKind, number>>;
const countNames = ['planned', ...callKinds] as const;

/** `summary.json`. Schedulers and dashboards read these names: keep them. Times are ISO 8601 in UTC. */
export interface Summary {
  readonly run_id: string;
  readonly job: string;
  readonly mode: string;
  readonly status: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly exit_code: number | null;
  readonly patients: EntityCount;
  readonly encounters: EntityCount;
  readonly merges: EntityCount;
  /** The summaries that the run looked at; absent without summary/ in the contract. */
  readonly summaries?: EntityCount;
  readonly calls: Readonly<Record<EventType, CallCount>>;
  /** Rows that are due and wait for their turn, by the call that each needs. */
  readonly waiting: Readonly<Record<EventType, number>>;
  /** Checked messages, and those held back for their faults. */
  readonly preflight: { readonly checked: number; readonly failed: number };
  readonly watermark: { readonly from: string | null; readonly to: string | null; readonly missed: number };
  readonly findability: Findability;
  readonly source: SourceSummary;
  /** What was read back from Redox; only of runs of audit. */
  readonly audit?: AuditSummary;
  /** What became of earlier messages inside Redox; absent if the run did not ask. */
  readonly confirmation?: ConfirmationCounts;
}

/** The end of `summary.json`: the site at the time of writing. */
interface SiteSummary {
  /** Lines that need a person, as `status` counts them. */
  readonly person_lines: number;
  /** Until all that is planned or waits is sent, at the pace of recent nights; null if they show none. */
  readonly nights_left: number | null;
}

export type SummaryFile = Summary & SiteSummary;

/** `ownLines`: those of the run that need a person. */
export const summariseSite = async (session: Session, runNumber: number, ownLines: number): Promise<SiteSummary> => ({
  person_lines: await countLinesNow(session, runNumber, ownLines),
  nights_left: nightsLeft(await readBacklog(session)),
});

interface RunRow {
  readonly run_id: string;
  readonly job: string;
  readonly mode: string;
  readonly status: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly exit_code: number | null;
  readonly watermark_from: Date | null;
  readonly watermark_to: Date | null;
  /** Null if the run ended before it had a plan. */
  readonly counts: RowCounts | null;
  readonly waiting: Waiting | null;
}

export async function summarise(session: Session, runNumber: number): Promise<Summary> {
  const run = await session.one<RunRow>(statement('ledger/report/read_run_summary'), [runNumber]);
  const none = emptyRowCounts();
  const { calls, checked, objected, missed } = await countCalls(session, runNumber);
  const audit = await readAudit(session, runNumber);
  const confirmation = await readConfirmation(session, runNumber);
  // jsonb loses the order of keys, so it is restored here for readers.
  const countOf = (entity: Entity): EntityCount => ({ ...none[entity], ...run.counts?.[entity] });
  return {
    run_id: run.run_id,
    job: run.job,
    mode: run.mode,
    status: run.status,
    started_at: run.started_at.toISOString(),
    finished_at: run.finished_at?.toISOString() ?? null,
    exit_code: run.exit_code,
    patients: countOf('patient'),
    encounters: countOf('encounter'),
    merges: countOf('merge'),
    ...(run.counts?.summary === undefined ? {} : { summaries: { ...noRows(), ...run.counts.summary } }),
    calls,
    waiting: waitingCalls(run.waiting ?? noneWaiting),
    preflight: { checked, failed: objected },
    watermark: {
      from: run.watermark_from?.toISOString() ?? null,
      to: run.watermark_to?.toISOString() ?? null,
      missed,
    },
    findability: await readFindability(session),
    source: await readSource(session, runNumber),
    ...(audit === null ? {} : { audit }),
    ...(confirmation === null ? {} : { confirmation }),
  };
}

/** What the run looked at, in the order in which it did; summaries only with summary/ in the contract. */
export const countsOf = (summary: Summary): readonly (readonly [Subject, EntityCount])[] => {
  const { patients, merges, encounters, summaries } = summary;
  const rows = [
    ['patient', patients],
    ['merge', merges],
    ['encounter', encounters],
  ] as const;
  return summaries === undefined ? rows : [...rows, ['summary', summaries]];
};

type Besides = Readonly<Record<'checked' | 'objected' | 'missed', number>>;

interface Calls extends Besides {
  readonly calls: Summary['calls'];
}

async function countCalls(session: Session, runNumber: number): Promise<Calls> {
  const rows = await session.run<CallCount & Besides & { readonly event_type: EventType }>(
    statement('ledger/report/count_calls'),
    [runNumber],
  );
  const countOf = (eventType: EventType): CallCount => {
    const row = rows.find(({ event_type }) => event_type === eventType);
    const count = Object.fromEntries(countNames.map((name) => [name, row?.[name] ?? 0])) as CallCount;
    assertAddsUp(eventType, count);
    return count;
  };
  const sumOf = (name: keyof Besides): number => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    calls: {
      NewPatient: countOf('NewPatient'),
      PatientUpdate: countOf('PatientUpdate'),
      PatientMerge: countOf('PatientMerge'),
      VisitPush: countOf('VisitPush'),
    },
    checked: sumOf('checked'),
    objected: sumOf('objected'),
    missed: sumOf('missed'),
  };
}

/** Throws (a bug) if a call has an uncounted state. */
function assertAddsUp(eventType: EventType, count: CallCount): void {
  const sum = callKinds.reduce((total, kind) => total + count[kind], 0);
  if (sum !== count.planned)
    throw new Error(`${count.planned} ${eventType} calls were planned, ${sum} are accounted for`);
}

export function totalCalls(calls: Summary['calls']): CallCount {
  const sumOf = (name: keyof CallCount): number => eventTypes.reduce((sum, event) => sum + calls[event][name], 0);
  return Object.fromEntries(countNames.map((name) => [name, sumOf(name)])) as CallCount;
}
