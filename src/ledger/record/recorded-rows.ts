/** What the ledger keeps of results: rows for the statements in `sql/ledger/outcomes.sql`. */
import type { Attempt } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import { objectionDetail } from '../../message/objection.ts';
import { dateIn } from '../../values/time/wall-clock.ts';
import type { Session } from '../../postgres/session.ts';
import { type Ask, type Statement, statement } from '../../postgres/sql-file.ts';
import type { CallResult } from './call-result.ts';
import type { Run } from '../run/run.ts';

/**
 * The statements that record results. The outcome of a row is recorded before everything else that is kept of it. `siteTimeZone`: refusals
 * count by dates of this zone.
 */
export function recordingOf(results: readonly CallResult[], { number }: Run, siteTimeZone: string): readonly Ask[] {
  return [
    { statement: statement('ledger/outcomes/record_outcomes'), parameters: [JSON.stringify(results.map(outcomeRow))] },
    ...keeping(
      statement('ledger/outcomes/count_rejections'),
      results.flatMap((result) => refusalRows(result, siteTimeZone)),
      number,
    ),
    ...keeping(statement('ledger/outcomes/keep_attempts'), results.flatMap(attemptRows)),
    ...keeping(statement('ledger/outcomes/keep_findings'), results.flatMap(findingRows), number),
    ...keeping(statement('ledger/outcomes/keep_objections'), results.flatMap(objectionRows), number),
  ];
}

const keeping = (kept: Statement, rows: readonly object[], ...before: number[]): readonly Ask[] =>
  rows.length === 0 ? [] : [{ statement: kept, parameters: [...before, JSON.stringify(rows)] }];

/** Stores the findings and match faults of messages that were built but not sent. */
export async function keepFindings(
  writer: Session,
  { number }: Run,
  results: readonly CallResult[],
  isMatchKey: (key: string) => boolean,
): Promise<void> {
  const matchKeys = results.flatMap(matchKeyRows).filter(({ column_name }) => isMatchKey(column_name));
  const asks = [
    ...keeping(statement('ledger/outcomes/keep_findings'), [...results.flatMap(findingRows), ...matchKeys], number),
    ...keeping(statement('ledger/outcomes/keep_objections'), results.flatMap(objectionRows), number),
  ];
  if (asks.length > 0) await writer.transactionOf(asks);
}

const refusalRows = ({ callId, refused, finishedAt }: CallResult, siteTimeZone: string): readonly object[] =>
  refused === null
    ? []
    : [
        {
          call_id: callId,
          row_fingerprint: refused.rowFingerprint,
          patient_fingerprint: refused.patientFingerprint,
          builder_version: refused.builderVersion,
          refused_on: dateIn(siteTimeZone, finishedAt.getTime()),
          refused_at: finishedAt,
        },
      ];

const outcomeRow = (result: CallResult): object => ({
  call_id: result.callId,
  state: result.state,
  reason: result.reason,
  still_open: result.stillOpen,
  attempts: result.attempts.length,
  http_status: result.attempts.at(-1)?.httpStatus ?? null,
  redox_log_id: result.attempts.at(-1)?.redoxLogId ?? null,
  log_id: result.attempts.at(-1)?.logId ?? null,
  mrn: result.mrn,
  former_mrns: result.formerMrns,
  row_patient_id: result.rowPatientId,
  row_fingerprint: result.synced?.rowFingerprint ?? null,
  message_fingerprint: result.synced?.messageFingerprint ?? null,
  group_fingerprints: result.synced?.groupFingerprints ?? null,
  builder_version: result.synced?.builderVersion ?? null,
  match_faults: result.synced?.matchFaults ?? null,
  understood: result.synced?.understood ?? null,
  sent_death: result.synced?.death ?? null,
  section_rows: result.synced?.sectionRows ?? null,
  section_digests: result.synced?.sectionDigests ?? null,
  changed_groups: result.changedGroups,
  finished_at: result.finishedAt,
});

const attemptRows = ({ callId, attempts }: CallResult): readonly object[] =>
  attempts.map((attempt, index) => ({ call_id: callId, ...attemptRow(attempt, index) }));

/** The names are the columns' of `attempt` and `organization_attempt`. */
export const attemptRow = (attempt: Attempt, index: number): object => ({
  number: index + 1,
  started_at: attempt.startedAt,
  finished_at: attempt.finishedAt,
  result: attempt.result,
  http_status: attempt.httpStatus,
  reason: attempt.reason,
  detail: attempt.detail,
  redox_log_id: attempt.redoxLogId,
});

const findingRows = ({ entity, entityId, patientId, findings }: CallResult): readonly object[] =>
  findings.map(({ column, problem }) => ({
    entity,
    entity_id: entityId,
    patient_id: patientId,
    kind: problem,
    column_name: column,
  }));

/** As `reports/data-quality.sql` makes them of what the ledger knows: `zip_missing` is a `missing_match_key` of `zip`. */
const matchKeyRows = ({ entity, entityId, patientId, synced }: CallResult): readonly MatchKeyRow[] =>
  (synced?.matchFaults ?? []).map((fault) => {
    const at = fault.lastIndexOf('_');
    return {
      entity,
      entity_id: entityId,
      patient_id: patientId,
      kind: `${fault.slice(at + 1)}_match_key`,
      column_name: fault.slice(0, at),
    };
  });

interface MatchKeyRow {
  readonly entity: Subject;
  readonly entity_id: string;
  readonly patient_id: string;
  readonly kind: string;
  readonly column_name: string;
}

const objectionRows = ({ entity, entityId, patientId, objection }: CallResult): readonly object[] =>
  objection === null
    ? []
    : [{ entity, entity_id: entityId, patient_id: patientId, detail: objectionDetail(objection) }];
