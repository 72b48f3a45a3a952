/** What `confirm` reads and writes: rows for the statements in `sql/ledger/confirm.sql`. */
import type { EventType } from '../../decide/call.ts';
import type {
  ConfirmationCounts,
  DataModel,
  LatePending,
  MessageLog,
  Ruling,
  TroubleLine,
  UnsettledCall,
} from '../../decide/redox/confirmation.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';
import { keysetPages } from './keyset-pages.ts';

/** An accepted call without a final log status. */
export interface UnconfirmedCall {
  readonly call_id: number;
  readonly log_id: string | null;
  readonly sending_at: Date | null;
  readonly accepted_at: Date | null;
  /** Since it was accepted, by the ledger's clock. */
  readonly age_ms: number;
}

export async function beginConfirmation(writer: Session, since: Date): Promise<void> {
  await writer.run(statement('ledger/confirm/begin_confirmation'), [since]);
}

interface Asking {
  readonly since: Date;
  readonly eventTypes: readonly EventType[];
  readonly wasAsked: boolean;
  /** Calls that were asked about since then are left out. */
  readonly askedBefore: Date;
}

/** Pages of calls to ask about, the oldest first. */
export const unconfirmedCalls = (
  reader: Session,
  { since, eventTypes, wasAsked, askedBefore }: Asking,
  pageSize: number,
): AsyncGenerator<UnconfirmedCall[], void, undefined> =>
  keysetPages<UnconfirmedCall>(pageSize, (last) =>
    reader.run<UnconfirmedCall>(statement('ledger/confirm/next_unconfirmed_calls'), [
      since,
      eventTypes,
      wasAsked,
      last?.sending_at ?? null,
      last?.call_id ?? null,
      askedBefore,
      pageSize,
    ]),
  );

export async function noteQuery(writer: Session): Promise<void> {
  await writer.run(statement('ledger/confirm/note_query'));
}

export async function recentQueryAges(reader: Session, windowMs: number): Promise<number[]> {
  const rows = await reader.run<{ age_ms: number }>(statement('ledger/confirm/read_recent_queries'), [windowMs]);
  return rows.map(({ age_ms }) => age_ms);
}

export interface FoundLog {
  readonly callId: number;
  readonly log: MessageLog;
}

export async function recordLogs(writer: Session, found: readonly FoundLog[]): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ callId, log: { status, stage, code, path, endedAt } }) => ({
    call_id: callId,
    status,
    stage,
    code,
    path,
    ended_at: endedAt,
  }));
  await writer.run(statement('ledger/confirm/record_logs'), [JSON.stringify(rows)]);
}

/** How many calls were accepted in a span of time, and how many of them have a log. */
export const logsAround = (
  reader: Session,
  { since, eventTypes, from, to }: Pick<Asking, 'since' | 'eventTypes'> & { readonly from: Date; readonly to: Date },
): Promise<{ readonly asked: number; readonly found: number }> =>
  reader.one<{ asked: number; found: number }>(statement('ledger/confirm/count_logs_around'), [
    since,
    eventTypes,
    from,
    to,
  ]);

/** The given calls, failed or without a log, and failures that wait for their queue, the oldest first. */
export const unsettledCalls = (session: Session, callIds: readonly number[]): Promise<UnsettledCall[]> =>
  session.run<UnsettledCall>(statement('ledger/confirm/find_unsettled_calls'), [callIds.map(String)]);

/** The calls asked about since `startedAt` that were accepted until `until` and still wait at Redox, by data model. */
export const latePending = (session: Session, startedAt: Date, until: Date): Promise<LatePending[]> =>
  session.run<LatePending>(statement('ledger/confirm/count_late_pending'), [startedAt, until]);

/** Makes the filtered logs of calls asked about since `startedAt` final. */
export async function endFiltered(writer: Session, startedAt: Date): Promise<void> {
  await writer.run(statement('ledger/confirm/end_filtered_logs'), [startedAt]);
}

export async function lastSuccesses(session: Session, since: Date): Promise<ReadonlyMap<DataModel, Date>> {
  const rows = await session.run<{ data_model: DataModel; accepted_at: Date }>(
    statement('ledger/confirm/read_last_successes'),
    [since],
  );
  return new Map(rows.map(({ data_model, accepted_at }) => [data_model, accepted_at]));
}

/** Makes log statuses final that change no row. */
export async function endLogs(writer: Session, rulings: readonly Ruling[]): Promise<void> {
  for (const [isUnseen, ids] of bySeen(rulings)) {
    await writer.run(statement('ledger/confirm/end_logs'), [ids, isUnseen]);
  }
}

/** Makes these calls wait until their queue works. */
export async function letWait(writer: Session, rulings: readonly Ruling[]): Promise<void> {
  if (rulings.length === 0) return;
  await writer.run(statement('ledger/confirm/let_calls_wait'), [rulings.map(({ callId }) => String(callId))]);
}

/** Owes the rows of these calls again, in the caller's transaction. `counted`: the calls whose dates count. */
export async function oweAgain(writer: Session, run: Run, rulings: readonly Ruling[], today: string): Promise<void> {
  const counted = rulings.filter(({ verdict }) => verdict === 'owed').map(({ callId }) => String(callId));
  if (counted.length > 0) {
    await writer.run(statement('ledger/confirm/count_undelivered'), [run.number, counted, today]);
  }
  for (const [isUnseen, ids] of bySeen(rulings)) {
    await writer.run(statement('ledger/confirm/reopen_calls'), [ids, isUnseen]);
  }
  // A later merge may have taken an earlier one along, so the latest is taken back first.
  for (const { callId, isUnseen } of rulings.filter(({ eventType }) => eventType === 'PatientMerge').toReversed()) {
    await writer.run(statement('ledger/confirm/take_back_merges'), [[String(callId)], isUnseen]);
  }
  const ids = rulings.map(({ callId }) => String(callId));
  if (ids.length === 0) return;
  await writer.run(statement('ledger/confirm/void_undelivered_patients'), [ids]);
  await writer.run(statement('ledger/confirm/void_undelivered_mrns'), [ids]);
  await writer.run(statement('ledger/confirm/void_undelivered_visits'), [ids]);
  await writer.run(statement('ledger/confirm/void_undelivered_summaries'), [ids]);
}

/** The calls without a log, and those with one. */
const bySeen = (rulings: readonly Ruling[]): readonly (readonly [boolean, readonly string[]])[] =>
  [false, true]
    .map((unseen) => [unseen, rulings.filter(({ isUnseen }) => isUnseen === unseen)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([unseen, some]) => [unseen, some.map(({ callId }) => String(callId))] as const);

/** Calls that a later merge overtook inside Redox. */
export async function overtakenCalls(session: Session, since: Date): Promise<readonly number[]> {
  const rows = await session.run<{ call_id: number }>(statement('ledger/confirm/find_overtaken_calls'), [since]);
  return rows.map(({ call_id }) => call_id);
}

export interface Undelivered {
  readonly callId: number;
  readonly detail: 'failed' | 'unseen' | 'overtaken';
}

export async function listUndelivered(writer: Session, run: Run, rows: readonly Undelivered[]): Promise<void> {
  if (rows.length === 0) return;
  await writer.run(statement('ledger/confirm/list_undelivered'), [
    run.number,
    rows.map(({ callId }) => String(callId)),
    rows.map(({ detail }) => detail),
  ]);
}

/** Lists the rows that wait for a person: filtered ones, and those without a log twice. */
export async function listLackingRows(writer: Session, run: Run): Promise<void> {
  await writer.run(statement('ledger/confirm/list_lacking_rows'), [run.number]);
}

export async function recordConfirmation(
  writer: Session,
  run: Run,
  { asked, succeeded, failed, filtered, pending, unseen }: ConfirmationCounts,
  { queries, isWhole }: { readonly queries: number; readonly isWhole: boolean },
): Promise<void> {
  await writer.run(statement('ledger/confirm/record_confirmation'), [
    run.number,
    asked,
    succeeded,
    failed,
    filtered,
    pending,
    unseen,
    queries,
    isWhole,
  ]);
}

export async function recordTroubles(writer: Session, run: Run, troubles: readonly TroubleLine[]): Promise<void> {
  if (troubles.length === 0) return;
  await writer.run(statement('ledger/confirm/record_queue_trouble'), [
    run.number,
    troubles.map(({ dataModel }) => dataModel),
    troubles.map(({ kind }) => kind),
    troubles.map(({ calls }) => String(calls)),
    troubles.map(({ since }) => since.toISOString()),
  ]);
}
