/** A person's decision on rows, and its effect on what is synced, owed, held and listed. The caller opens the transaction. */
import type { EventType } from '../../decide/call.ts';
import type { Subject } from '../../contract/contract.ts';
import type { SettleableState, SettlementWord } from '../../decide/settlement.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

/** The state of a listed row; the names are those of the columns. */
export interface SettleableRow extends SettleableState {
  readonly entity: Subject;
  readonly entity_id: string;
  /** The event of the settled call; PatientMerge for a merge that is held because of its retired patient. */
  readonly event_type: EventType;
  readonly row_patient_id: string | null;
  /** The identifier that a NewPatient brings back; null for the row's own. */
  readonly mrn: string | null;
  /** The identifier that a NewPatient named, its own or another. */
  readonly named_mrn: string | null;
  readonly row_fingerprint: string | null;
  readonly former_mrns: readonly string[];
  /** From here on: values of the settled call, for the call that is planned in its place. */
  readonly lane: string;
  readonly position: number;
  readonly patient_id: string;
  readonly open_since: Date;
}

export const settleableRows = (
  writer: Session,
  rows: readonly { readonly entity: Subject; readonly id: string }[],
): Promise<SettleableRow[]> =>
  writer.run<SettleableRow>(statement('ledger/settle/find_settleable_rows'), [
    rows.map(({ entity }) => entity),
    rows.map(({ id }) => id),
  ]);

interface Settling {
  readonly at: Date;
  readonly builderVersion: number;
}

/** Settles the rows that the decision fits, and records the decision. */
export async function settleRows(
  writer: Session,
  run: Run,
  word: SettlementWord,
  rows: readonly SettleableRow[],
  { at, builderVersion }: Settling,
): Promise<void> {
  if (rows.length === 0) return;
  const input = JSON.stringify(rows);
  const closed = rows.map(({ event_type }) => (word === 'accepted' ? event_type : null));
  await writer.run(statement('ledger/settle/close_settled_calls'), [run.number, entitiesOf(rows), idsOf(rows), closed]);
  if (word === 'accepted') await takeAsAccepted(writer, run, rows, { at, builderVersion });
  if (word === 'send') await writer.run(statement('ledger/settle/ask_again'), [run.number, input]);
  if (word === 'ignore') await writer.run(statement('ledger/settle/leave_rows'), [input]);
  const settled = rows.map(({ settled_of }) => settled_of);
  await writer.run(statement('ledger/settle/note_settlement'), [
    run.number,
    word,
    at,
    entitiesOf(rows),
    idsOf(rows),
    settled,
  ]);
}

/** Recorded by the same statement as an answer of Redox, so the effects are the same. */
async function takeAsAccepted(
  writer: Session,
  run: Run,
  rows: readonly SettleableRow[],
  settling: Settling,
): Promise<void> {
  const planned = await writer.run<{ call_id: number; entity: Subject; entity_id: string }>(
    statement('ledger/settle/plan_accepted_calls'),
    [run.number, JSON.stringify(rows)],
  );
  const byRow = new Map(rows.map((row) => [keyOf(row), row]));
  const outcomes = planned.flatMap((call) => {
    const row = byRow.get(keyOf(call));
    return row === undefined ? [] : [outcomeRow(call.call_id, row, settling)];
  });
  await writer.run(statement('ledger/outcomes/record_outcomes'), [JSON.stringify(outcomes)]);
}

/** The message that Redox has is unknown, so the next change is sent (decision 5). */
const outcomeRow = (callId: number, row: SettleableRow, { at, builderVersion }: Settling): object => ({
  call_id: callId,
  state: 'unneeded',
  reason: 'settled',
  still_open: false,
  attempts: 0,
  http_status: null,
  redox_log_id: null,
  mrn: row.named_mrn,
  former_mrns: row.former_mrns,
  row_patient_id: row.row_patient_id,
  // Under another MRN than its own, the row itself was not sent.
  row_fingerprint: row.mrn === null ? row.row_fingerprint : null,
  message_fingerprint: null,
  group_fingerprints: null,
  builder_version: builderVersion,
  match_faults: null,
  finished_at: at,
});

const keyOf = ({ entity, entity_id }: { readonly entity: Subject; readonly entity_id: string }): string =>
  `${entity} ${entity_id}`;
const entitiesOf = (rows: readonly SettleableRow[]): readonly string[] => rows.map(({ entity }) => entity);
const idsOf = (rows: readonly SettleableRow[]): readonly string[] => rows.map(({ entity_id }) => entity_id);
