/**
 * The journal of a delivery: says what is being sent before it is sent, when each try begins, and what became of it. It writes on the
 * session that holds the lock, so each of its commits proves that the run still holds it (`lock-proof.ts`).
 *
 * Entries that arrive while a commit is under way go into the next one together, at most `batchSize` outcomes of them: a call
 * counts as recorded only when its own commit has returned. Outcomes go before sendings, so one lane's outcome and its next
 * sending fit into one batch.
 */
import type { Attempt, CallState } from '../core/call.ts';
import type { Entity } from '../core/contract.ts';
import type { FieldGroup } from '../core/field-group.ts';
import type { MatchFault } from '../core/findability.ts';
import type { Finding } from '../core/finding.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { dateIn } from '../core/wall-clock.ts';
import { objectionDetail, type Objection } from '../core/objection.ts';
import type { Ask, Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { LockProof, type Stamp, stampNow } from './lock-proof.ts';
import { countIn, movePosition } from './position.ts';
import type { Run } from './run.ts';

/** At most so many calls are sent and not yet recorded, beside those in flight (a promise of the crash tests). */
const batchSize = 32;

interface Sending {
  readonly callId: number;
  /** The MRN that a NewPatient names; null for other events. */
  readonly mrn: string | null;
  /** The number that a VisitPush bears; null for other events. */
  readonly documentVersion: number | null;
}

/** A row as Redox refused it: with whom it was told, so that one can say whether it is still the same. */
export interface RefusedRow {
  /** Of a merge the retired patient's; null where that row was gone. */
  readonly rowFingerprint: Fingerprint | null;
  readonly patientFingerprint: Fingerprint;
  readonly builderVersion: number;
}

/** What Redox now holds, where that is certain. */
export interface Told {
  readonly rowFingerprint: Fingerprint;
  readonly messageFingerprint: Fingerprint;
  readonly groupFingerprints: string;
  readonly builderVersion: number;
  /** By which keys others cannot find this patient now; null of a visit. */
  readonly matchFaults: readonly MatchFault[] | null;
  /** Bits of the columns of the patient's row that were understood; null of a visit. */
  readonly understood: number | null;
  /** Whether the message says that the patient has died; null where it says nothing about that, and of a visit. */
  readonly death: boolean | null;
  /** How many rows each section of the visit has; null of a patient. */
  readonly sectionRows: readonly number[] | null;
  /** Of these rows, section by section; null for other events. */
  readonly sectionDigests: readonly number[] | null;
}

export interface CallResult {
  readonly callId: number;
  readonly entity: Entity;
  readonly entityId: string;
  readonly patientId: string;
  /** `planned`: put back, because a stop came before the first byte left. */
  readonly state: Exclude<CallState, 'sending'>;
  /** From a closed list; null where the state says all. */
  readonly reason: string | null;
  /** Still owed: a later run has to do it. */
  readonly stillOpen: boolean;
  readonly attempts: readonly Attempt[];
  readonly finishedAt: Date;
  /** The MRN that a NewPatient named; null for other events. */
  readonly mrn: string | null;
  /** The MRNs that a PatientMerge retired. */
  readonly formerMrns: readonly string[];
  /** Patient of a visit's row in the EHR; null for other entities. */
  readonly rowPatientId: string | null;
  readonly told: Told | null;
  /** Null where it was not refused. */
  readonly refused: RefusedRow | null;
  /** Which field groups of the row changed; null where that is not known. */
  readonly changedGroups: readonly FieldGroup[] | null;
  readonly findings: readonly Finding[];
  /** Why its message was not sent; null where it was, or where there was none. */
  readonly objection: Objection | null;
}

type Entry = { readonly sending: Sending } | { readonly trying: number } | { readonly result: CallResult };
interface Waiting {
  readonly entry: Entry;
  readonly resolve: (stamp: Stamp) => void;
  readonly reject: (error: unknown) => void;
}

export class Journal {
  readonly #writer: Session;
  readonly #run: Run;
  readonly #siteTimeZone: string;
  readonly #onCommit: (commits: number) => void;
  #queue: Waiting[] = [];
  #isFlushing = false;

  /** `siteTimeZone`: whose dates count on how many a row was refused. `onCommit`: learns how many commits the ledger has. */
  constructor(writer: Session, run: Run, siteTimeZone: string, onCommit: (commits: number) => void = () => undefined) {
    this.#writer = writer;
    this.#run = run;
    this.#siteTimeZone = siteTimeZone;
    this.#onCommit = onCommit;
  }

  /** Resolves when `sending` is committed: a byte may leave only then, and only while the proof is fresh. */
  async markSending(sending: Sending): Promise<LockProof> {
    const noteTry = (): Promise<Stamp> => this.#enter({ trying: sending.callId });
    return new LockProof(await this.#enter({ sending }), noteTry);
  }

  /** Resolves when the result is committed. */
  async record(result: CallResult): Promise<void> {
    await this.#enter({ result });
  }

  #enter(entry: Entry): Promise<Stamp> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, resolve, reject });
      if (!this.#isFlushing) void this.#flush();
    });
  }

  /** Never rejects: what fails is told to those who wait for it. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#queue.length > 0) {
      // One turn of the loop, so that what came in the same moment goes into one batch: answers wait to be read meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.#queue.splice(0, this.#batchLength());
      try {
        const stamp = stampNow();
        await this.#commit(batch.map(({ entry }) => entry));
        for (const { resolve } of batch) resolve(stamp);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isFlushing = false;
  }

  /** As many entries as have no more outcomes than a batch may. What is to be sent is never more than there are lanes. */
  #batchLength(): number {
    let outcomes = 0;
    const end = this.#queue.findIndex(({ entry }) => 'result' in entry && (outcomes += 1) > batchSize);
    return end === -1 ? this.#queue.length : end;
  }

  async #commit(entries: readonly Entry[]): Promise<void> {
    const results = entries.flatMap((entry) => ('result' in entry ? [entry.result] : []));
    const sendings = entries.flatMap((entry) => ('sending' in entry ? [entry.sending] : []));
    const tries = entries.flatMap((entry) => ('trying' in entry ? [entry.trying] : []));
    const recording = results.length === 0 ? [] : this.#recordingOf(results);
    const marking = sendings.length === 0 ? [] : [markingOf(sendings)];
    const trying = tries.length === 0 ? [] : [tryingOf(tries)];
    const rows = await this.#writer.transactionOf([...recording, ...marking, ...trying, movePosition]);
    this.#onCommit(countIn(rows.at(-1)));
    const marked = rows[recording.length];
    if (results.length > 0) assertAll('recorded', results.length, rows[0]?.length ?? 0);
    if (sendings.length > 0) assertAll('marked as sending', sendings.length, marked?.length ?? 0);
    if (tries.length > 0) assertAll('noted as tried', tries.length, rows.at(-2)?.length ?? 0);
  }

  /** The outcomes first: what they say of a row comes before what else is kept of it. */
  #recordingOf(results: readonly CallResult[]): readonly Ask[] {
    const { number } = this.#run;
    return [
      { statement: statement('ledger/record/outcomes'), parameters: [JSON.stringify(results.map(outcomeRow))] },
      ...keeping(
        'rejections',
        results.flatMap((result) => this.#refusalRows(result)),
        number,
      ),
      ...keeping('attempts', results.flatMap(attemptRows)),
      ...keeping('notes', results.flatMap(noteRows), number),
      ...keeping('findings', results.flatMap(findingRows), number),
      ...keeping('objections', results.flatMap(objectionRows), number),
    ];
  }

  #refusalRows({ callId, refused, finishedAt }: CallResult): readonly object[] {
    if (refused === null) return [];
    return [
      {
        call_id: callId,
        row_fingerprint: refused.rowFingerprint,
        patient_fingerprint: refused.patientFingerprint,
        builder_version: refused.builderVersion,
        refused_on: dateIn(this.#siteTimeZone, finishedAt.getTime()),
        refused_at: finishedAt,
      },
    ];
  }
}

const markingOf = (sendings: readonly Sending[]): Ask => ({
  statement: statement('ledger/record/mark-sending'),
  parameters: [
    sendings.map(({ callId }) => String(callId)),
    sendings.map(({ mrn }) => mrn),
    sendings.map(({ documentVersion }) => (documentVersion === null ? null : String(documentVersion))),
  ],
});

const tryingOf = (callIds: readonly number[]): Ask => ({
  statement: statement('ledger/record/note-try'),
  parameters: [callIds.map(String)],
});

/** Nothing where there is nothing to keep. */
const keeping = (what: string, rows: readonly object[], ...before: number[]): readonly Ask[] =>
  rows.length === 0
    ? []
    : [{ statement: statement(`ledger/record/${what}`), parameters: [...before, JSON.stringify(rows)] }];

/** A call that is not in the state from which it may go on was touched by somebody else: stop before it is sent twice. */
function assertAll(what: string, expected: number, found: number): void {
  if (found !== expected) {
    throw new Error(`${expected} calls should have been ${what}, and ${found} were: another process works on this run`);
  }
}

/** Keeps what building messages showed, where none of them is sent: also the match keys by which nobody would find a patient. */
export async function keepFindings(
  writer: Session,
  { number }: Run,
  results: readonly CallResult[],
  isMatchKey: (key: string) => boolean,
): Promise<void> {
  const matchKeys = results.flatMap(matchKeyRows).filter(({ column_name }) => isMatchKey(column_name));
  const asks = [
    ...keeping('findings', [...results.flatMap(findingRows), ...matchKeys], number),
    ...keeping('objections', results.flatMap(objectionRows), number),
  ];
  if (asks.length > 0) await writer.transactionOf(asks);
}

const outcomeRow = (result: CallResult): object => ({
  call_id: result.callId,
  state: result.state,
  reason: result.reason,
  still_open: result.stillOpen,
  attempts: result.attempts.length,
  http_status: result.attempts.at(-1)?.httpStatus ?? null,
  redox_log_id: result.attempts.at(-1)?.redoxLogId ?? null,
  mrn: result.mrn,
  former_mrns: result.formerMrns,
  row_patient_id: result.rowPatientId,
  row_fingerprint: result.told?.rowFingerprint ?? null,
  message_fingerprint: result.told?.messageFingerprint ?? null,
  group_fingerprints: result.told?.groupFingerprints ?? null,
  builder_version: result.told?.builderVersion ?? null,
  match_faults: result.told?.matchFaults ?? null,
  understood: result.told?.understood ?? null,
  told_death: result.told?.death ?? null,
  section_rows: result.told?.sectionRows ?? null,
  section_digests: result.told?.sectionDigests ?? null,
  finished_at: result.finishedAt,
});

const attemptRows = ({ callId, attempts }: CallResult): readonly object[] =>
  attempts.map((attempt, index) => ({
    call_id: callId,
    number: index + 1,
    started_at: attempt.startedAt,
    finished_at: attempt.finishedAt,
    result: attempt.result,
    http_status: attempt.httpStatus,
    reason: attempt.reason,
    detail: attempt.detail,
    redox_log_id: attempt.redoxLogId,
  }));

const noteRows = ({ entity, entityId, changedGroups }: CallResult): readonly object[] =>
  changedGroups === null ? [] : [{ entity, entity_id: entityId, changed_groups: changedGroups }];

const findingRows = ({ entity, entityId, patientId, findings }: CallResult): readonly object[] =>
  findings.map(({ column, problem }) => ({
    entity,
    entity_id: entityId,
    patient_id: patientId,
    kind: problem,
    column_name: column,
  }));

/** As `reports/data-quality.sql` makes them of what the ledger knows: `zip_missing` is a `missing_match_key` of `zip`. */
const matchKeyRows = ({ entity, entityId, patientId, told }: CallResult): readonly MatchKeyRow[] =>
  (told?.matchFaults ?? []).map((fault) => {
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
  readonly entity: Entity;
  readonly entity_id: string;
  readonly patient_id: string;
  readonly kind: string;
  readonly column_name: string;
}

const objectionRows = ({ entity, entityId, patientId, objection }: CallResult): readonly object[] =>
  objection === null
    ? []
    : [{ entity, entity_id: entityId, patient_id: patientId, detail: objectionDetail(objection) }];
