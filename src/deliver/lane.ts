/**
 * One person, one lane: the calls of a person go out one after the other, and a failure holds back what depends on it
 * (decision 15). A failed NewPatient blocks the person; a failed PatientMerge blocks the retired patient's visits, and the merges of
 * those whom Redox may have inside the retired patient's record; a failed PatientUpdate or VisitPush blocks nothing.
 */
import type { Delivery } from '../decide/call.ts';
import { NeighbourFault } from '../fault.ts';
import { withEventDateTime } from '../message/meta.ts';
import type { Objection } from '../message/objection.ts';
import type { Call, EncounterFacts, PatientFacts } from '../ledger/record/calls.ts';
import type { CallResult } from '../ledger/record/call-result.ts';
import type { Journal } from '../ledger/record/journal.ts';
import type { RedoxClient } from '../redox/client.ts';
import type { Preflight } from '../redox/preflight.ts';
import type { CallPreparer, Known, Prepared, Skipped } from './prepare-call.ts';

export interface LaneTools {
  readonly journal: Journal;
  readonly redox: Pick<RedoxClient, 'send'>;
  readonly preparer: CallPreparer;
  readonly preflight: Preflight;
  /** False: the row has changed since it was planned, and the plan was to be delivered as it stands. */
  readonly isAsPlanned: (call: Call, known: Known) => boolean;
  /** Once aborted, no further call starts. */
  readonly signal: AbortSignal;
  /** Waited for before a message is made. */
  readonly turn: () => Promise<void>;
  /** Asked before each call; false: none starts any more. */
  readonly mayStart: () => boolean;
  readonly now: () => Date;
  /** Told of every call that is done with. */
  readonly onResult: (call: Call, result: CallResult) => void;
}

/** What the calls of a person so far mean for those to come. It lives as long as the person has calls. */
export class Lane {
  #isBlocked = false;
  readonly #blockedRetired = new Set<string>();

  /** Does the calls in their order. `known` is read anew after each: an accepted call changes the facts of this person. */
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
    return result.state === 'rejected' ? { ...result, refused: tools.preparer.refused(call, known) } : result;
  }

  #heldBackBy(call: Call, known: Known): 'new_patient_failed' | 'merge_failed' | null {
    if (this.#isBlocked) return 'new_patient_failed';
    // Of a merge: whose record Redox may have the patient's in. While that one stays where it is, so does the patient.
    const inside = call.entity === 'merge' ? known.patients.get(call.entity_id)?.merged_into : call.row_patient_id;
    return inside !== undefined && inside !== null && this.#blockedRetired.has(inside) ? 'merge_failed' : null;
  }

  #learn(call: Call, { state }: CallResult): void {
    if (state === 'accepted' || state === 'unneeded') return;
    if (call.event_type === 'NewPatient') this.#isBlocked = true;
    if (call.entity === 'merge') this.#blockedRetired.add(call.entity_id);
  }
}

/** The facts of a person's rows, as they become while its calls go out. */
export class LaneFacts implements Known {
  readonly rows: Known['rows'];
  readonly objection: Known['objection'];
  readonly patients: Map<string, PatientFacts>;
  readonly encounters: Map<string, EncounterFacts>;

  constructor({ rows, objection, patients, encounters }: Known) {
    this.rows = rows;
    this.objection = objection;
    this.patients = new Map(patients);
    this.encounters = new Map(encounters);
  }

  /** Characters of the rows of the largest of these calls. */
  largestOf(calls: readonly Call[]): number {
    return Math.max(...calls.map((call) => this.#sizeOf(call)));
  }

  #sizeOf({ entity, entity_id, patient_id }: Call): number {
    const [patient] = this.rows.patients.get(patient_id) ?? [];
    const [visit] = entity === 'encounter' ? (this.rows.encounters.get(entity_id) ?? []) : [];
    const sections = entity === 'encounter' ? (this.rows.sizes.get(entity_id) ?? 0) : 0;
    return (patient?.size ?? 0) + (visit?.size ?? 0) + sections;
  }

  /** The clinical content of a visit is most of what a page holds, and nobody asks for it once its message is written. */
  isWritten({ entity, entity_id }: Call): void {
    if (entity === 'encounter') this.rows.sections.delete(entity_id);
  }

  /** Takes in what the calls of the page before have brought about for the patients of this one. */
  takeOver(before: LaneFacts): void {
    for (const [id, facts] of before.patients) if (this.rows.patients.has(id)) this.patients.set(id, facts);
  }

  /** Mirrors what `record_outcomes` does, as far as the calls to come ask for it; `lane-facts.test.ts` plays both side by side. */
  learn(call: Call, result: CallResult): void {
    if (result.state !== 'accepted' && result.state !== 'unneeded') return;
    if (call.event_type === 'NewPatient' || call.event_type === 'PatientUpdate') this.#isSynced(call, result);
    if (call.event_type === 'PatientMerge' && call.entity === 'patient') this.#hasMerged(call, result);
    if (call.entity === 'merge') this.#isRetired(call);
  }

  #isSynced(call: Call, { mrn, synced }: CallResult): void {
    const before = this.patients.get(call.entity_id);
    const now = mrn ?? before?.mrn ?? call.entity_id;
    // What went into another record stays there, unless it is brought back by a call of its own.
    const former = before?.merged_into === null ? [...before.former_mrns, before.mrn] : [];
    this.patients.set(call.entity_id, {
      patient_id: call.entity_id,
      presence: 'present',
      mrn: now,
      former_mrns: [...new Set(former)].filter((one) => one !== now),
      merged_into: null,
      is_sent_again: false,
      sent_death: synced === null ? (before?.sent_death ?? null) : synced.death,
      message_fingerprint: synced?.messageFingerprint ?? null,
      group_fingerprints: synced?.groupFingerprints ?? null,
    });
  }

  #hasMerged(call: Call, { formerMrns }: CallResult): void {
    const before = this.patients.get(call.entity_id);
    if (before === undefined) return;
    const former_mrns = before.former_mrns.filter((mrn) => !formerMrns.includes(mrn));
    this.patients.set(call.entity_id, { ...before, former_mrns });
  }

  /** The record is inside the survivor's, with those that were inside it, and so are the documents. */
  #isRetired(call: Call): void {
    const inside = {
      merged_into: call.patient_id,
      sent_death: null,
      message_fingerprint: null,
      group_fingerprints: null,
    };
    for (const [id, facts] of this.patients) {
      if (id === call.entity_id) this.patients.set(id, { ...facts, ...inside, presence: 'merged' });
      else if (facts.merged_into === call.entity_id) this.patients.set(id, { ...facts, ...inside });
    }
    for (const [id, facts] of this.encounters) {
      if (facts.filed_under === call.entity_id) this.encounters.set(id, { ...facts, filed_under: call.patient_id });
    }
  }
}

/** A message as it leaves, as JSON, and what comes of it. While it is under way only its text is held, not what it was made from. */
interface Written {
  readonly body: string;
  readonly means: Means;
}

/** What the ledger is told of a message beside its outcome. */
type Means = Omit<Prepared, 'message' | 'kind'>;

/** What building and looking at a message takes. */
type WriteTools = Pick<LaneTools, 'preparer' | 'preflight' | 'now'>;

/** What would become of a lane's calls if Redox accepted each: their messages are built and looked at, and none is sent. */
export function rehearsed(calls: readonly Call[], known: LaneFacts, tools: WriteTools): readonly CallResult[] {
  return calls.map((call) => {
    const written = write(call, known, tools);
    known.isWritten(call);
    const result =
      'body' in written ? resultOf(call, written.means, { state: 'accepted', attempts: [] }, tools) : written;
    known.learn(call, result);
    return result;
  });
}

/** The call's message, or what became of the call where there is none to send. */
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
  return objection === null ? { body, means } : objectedTo(call, means, objection, tools);
}

async function send(call: Call, { body, means }: Written, tools: LaneTools): Promise<CallResult> {
  const { mrn, documentVersion } = means;
  const proof = await tools.journal.markSending({ callId: call.call_id, mrn, documentVersion });
  try {
    const delivery = await tools.redox.send(body, proof);
    return resultOf(call, means, delivery === 'not_started' ? putBack : endOf(delivery), tools);
  } catch (error) {
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
