/**
 * One person, one lane: the calls of a person go out one after the other, and a failure holds back what depends on it
 * (decision 15). A failed NewPatient blocks the person; a failed PatientMerge blocks the retired patient's visits and summary, and the merges of
 * those whom Redox may have inside the retired patient's record; a failed PatientUpdate or VisitPush blocks nothing.
 */
import type { Delivery } from '../decide/call.ts';
import { NeighbourFault } from '../fault.ts';
import { withEventDateTime } from '../message/parts.ts';
import type { Objection } from '../message/objection.ts';
import type { Call } from '../ledger/record/calls.ts';
import type { CallResult } from '../ledger/record/call-result.ts';
import type { Journal } from '../ledger/record/journal.ts';
import type { RedoxClient } from '../redox/client.ts';
import type { Preflight } from '../redox/preflight.ts';
import type { LaneFacts, Known, Prepared, Skipped } from './lane-facts.ts';
import type { CallPreparer } from './prepare-call.ts';

export interface LaneTools {
  readonly journal: Journal;
  readonly redox: Pick<RedoxClient, 'send'>;
  readonly preparer: CallPreparer;
  readonly preflight: Preflight;
  /** False: the row has changed since the plan, and `apply` delivers only unchanged rows. */
  readonly isAsPlanned: (call: Call, known: Known) => boolean;
  /** Once aborted, no further call starts. */
  readonly signal: AbortSignal;
  /** Waited for before a message is made. */
  readonly turn: () => Promise<void>;
  /** Asked before each call; false: none starts any more. */
  readonly mayStart: () => boolean;
  readonly now: () => Date;
  /** Called for every finished call. */
  readonly onResult: (call: Call, result: CallResult) => void;
}

/** What a person's calls so far mean for the later ones. A lane exists while the person has calls. */
export class Lane {
  #isBlocked = false;
  readonly #blockedRetired = new Set<string>();

  /** Processes the calls in order. `known` is read again after each, because an accepted call changes the person's facts. */
  async work(calls: readonly Call[], known: LaneFacts, tools: LaneTools): Promise<void> {
    const recorded: Promise<void>[] = [];
    try {
      for (const call of calls) {
        if (tools.signal.aborted) break;
        const result = await this.#do(call, known, tools);
        if (result === null) break;
        this.#learn(call, result);
        known.learn(call, result);
        // An outcome and the next call's `sending` share a commit, so nothing waits here; what fails is thrown below. Only what was
        // not sent waits: of two outcomes for one row in one statement, Postgres would apply one.
        if (result.state === 'unneeded') await recorded.at(-1);
        recorded.push(tools.journal.record(result));
        recorded.at(-1)?.catch(() => undefined);
        tools.onResult(call, result);
        if (result.state === 'planned') break;
      }
    } finally {
      await Promise.all(recorded);
    }
  }

  /** What became of the call; null where it was not begun. */
  async #do(call: Call, known: LaneFacts, tools: LaneTools): Promise<CallResult | null> {
    const held = this.#heldBackBy(call, known);
    if (held !== null) return skipped(call, { kind: 'blocked', reason: held, stillOpen: true }, tools);
    if (!tools.isAsPlanned(call, known)) {
      return skipped(call, { kind: 'superseded', reason: 'row_changed', stillOpen: true }, tools);
    }
    await tools.turn();
    const written = write(call, known, tools);
    known.isWritten(call);
    if (!('body' in written)) return written;
    if (!tools.mayStart()) return null;
    const result = await send(call, written, tools);
    return result?.state === 'rejected'
      ? { ...result, refused: tools.preparer.refused(call, known, result.synced) }
      : result;
  }

  #heldBackBy(call: Call, known: Known): 'new_patient_failed' | 'merge_failed' | null {
    if (this.#isBlocked) return 'new_patient_failed';
    // For a merge: Redox may have merged the patient into another one before. While that one's merge is blocked, this merge is too.
    const own = call.entity === 'summary' ? call.entity_id : call.row_patient_id;
    const inside = call.entity === 'merge' ? known.patients.get(call.entity_id)?.merged_into : own;
    return inside !== undefined && inside !== null && this.#blockedRetired.has(inside) ? 'merge_failed' : null;
  }

  #learn(call: Call, { state }: CallResult): void {
    if (state === 'accepted' || state === 'unneeded') return;
    if (call.event_type === 'NewPatient') this.#isBlocked = true;
    if (call.entity === 'merge') this.#blockedRetired.add(call.entity_id);
  }
}

/** A message as it leaves, and what comes of it. While it is under way only its bytes are held, not what it was made from. */
interface Written {
  /** JSON. */
  readonly body: Buffer;
  readonly means: Means;
}

/** What the ledger records of a message beside its outcome. */
type Means = Omit<Prepared, 'message' | 'kind'>;

/** What building and looking at a message takes. */
type WriteTools = Pick<LaneTools, 'preparer' | 'preflight' | 'now'>;

/**
 * What would become of a lane's calls if Redox accepted each: their messages are built and checked, and none is sent. Of merges into one
 * survivor, one after the other, one stands for all: they differ in the retired identifiers alone, which staging has checked.
 */
export function rehearsed(calls: readonly Call[], known: LaneFacts, tools: WriteTools): readonly CallResult[] {
  let merged: { readonly into: string; readonly result: CallResult } | null = null;
  const results: CallResult[] = [];
  for (const call of calls) {
    if (call.entity === 'merge' && call.patient_id === merged?.into) {
      known.learn(call, merged.result);
      continue;
    }
    const written = write(call, known, tools);
    known.isWritten(call);
    const result =
      'body' in written ? resultOf(call, written.means, { state: 'accepted', attempts: [] }, tools) : written;
    known.learn(call, result);
    results.push(result);
    merged = call.entity === 'merge' && result.state === 'accepted' ? { into: call.patient_id, result } : null;
  }
  return results;
}

/** The call's message, or the call's result if no message is needed. */
function write(call: Call, known: Known, tools: WriteTools): Written | CallResult {
  const { objection: unfetched } = known;
  if (unfetched !== null) {
    return { ...skipped(call, { kind: 'blocked', ...unfetched, stillOpen: true }, tools), objection: unfetched };
  }
  const prepared = tools.preparer.prepare(call, known);
  if (!('message' in prepared)) return skipped(call, prepared, tools);
  const { kind, message: undated, ...means } = prepared;
  if (means.objection !== null) return objectedTo(call, means, means.objection, tools);
  if (kind === 'unneeded') return resultOf(call, means, { state: 'unneeded', attempts: [] }, tools);
  const message = withEventDateTime(undated, tools.now());
  const body = JSON.stringify(message);
  const objection = tools.preflight(call.event_type, message, body);
  return objection === null ? { body: Buffer.from(body), means } : objectedTo(call, means, objection, tools);
}

/** Null where the call was not begun. */
async function send(call: Call, { body, means }: Written, tools: LaneTools): Promise<CallResult | null> {
  const { mrn, documentVersion } = means;
  const proof = tools.journal.proofFor({ callId: call.call_id, mrn, documentVersion });
  try {
    const delivery = await tools.redox.send(body, proof);
    if (delivery !== 'not_started') return resultOf(call, means, endOf(delivery), tools);
    return proof.hasBegun ? resultOf(call, means, putBack, tools) : null;
  } catch (error) {
    if (!proof.hasBegun) throw error;
    // Without a token or proof the message has stayed here, so the call is planned again. After any other error its outcome is
    // unknown. Both end the delivery; if recording fails too, the next start marks the call unknown.
    const result =
      error instanceof NeighbourFault
        ? resultOf(call, means, putBack, tools)
        : { ...resultOf(call, means, { state: 'unknown', attempts: [] }, tools), reason: 'interrupted' };
    await tools.journal.record(result).catch(() => undefined);
    throw error;
  }
}

type End = Pick<CallResult, 'state' | 'attempts'>;

const putBack: End = { state: 'planned', attempts: [] };
const endOf = ({ outcome, attempts }: Delivery): End => ({ state: outcome, attempts });

function resultOf(call: Call, means: Means, { state, attempts }: End, tools: Pick<LaneTools, 'now'>): CallResult {
  const isSynced = state === 'accepted' || state === 'unneeded';
  return {
    ...idsOf(call),
    state,
    reason: isSynced || state === 'planned' ? call.reason : (attempts.at(-1)?.reason ?? 'no_reason'),
    stillOpen: !isSynced,
    attempts,
    finishedAt: tools.now(),
    mrn: means.mrn,
    formerMrns: means.formerMrns,
    rowPatientId: means.rowPatientId,
    synced: means.synced,
    refused: null,
    changedGroups: means.changedGroups,
    findings: means.findings,
    objection: null,
  };
}

/** Unsent; the row stays valid, and the next run compares it again. */
const objectedTo = (call: Call, means: Means, objection: Objection, tools: Pick<LaneTools, 'now'>): CallResult => ({
  ...resultOf(call, means, { state: 'blocked', attempts: [] }, tools),
  reason: objection.reason,
  objection,
});

function skipped(
  call: Call,
  { kind, reason, stillOpen }: Omit<Skipped, 'reason'> & { readonly reason: string },
  tools: Pick<LaneTools, 'now'>,
): CallResult {
  return {
    ...idsOf(call),
    state: kind,
    reason,
    stillOpen,
    attempts: [],
    finishedAt: tools.now(),
    mrn: null,
    formerMrns: [],
    rowPatientId: null,
    synced: null,
    refused: null,
    changedGroups: null,
    findings: [],
    objection: null,
  };
}

const idsOf = (call: Call): Pick<CallResult, 'callId' | 'entity' | 'entityId' | 'patientId'> => ({
  callId: call.call_id,
  entity: call.entity,
  entityId: call.entity_id,
  patientId: call.patient_id,
});
