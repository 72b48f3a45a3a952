/**
 * The stage: what the scan of this run saw, beside the ledger, so that Postgres joins the two. Emptied at the start of every
 * run; what a dead run left in it is never read.
 */
import type { Writable } from 'node:stream';
import type { Entity } from '../../contract/contract.ts';
import { damageMark } from '../../values/damage.ts';
import type { Waiting } from '../../decide/plan/waiting.ts';
import { type Damage } from '../../decide/source/source-damage.ts';
import { MergeChains } from '../../decide/merge-chains.ts';
import { Components } from '../../decide/union-find.ts';
import type { Session } from '../../postgres/session.ts';
import { type Statement, statement } from '../../postgres/sql-file.ts';
import { copyLines } from './copy-lines.ts';
import type { Run } from '../run/run.ts';
import { analyzeChunks } from './compare.ts';
import { hasUncompared, keepCompared, type SweptEntity, reopenChunks } from './sweep.ts';

export type StagedCounts = Readonly<Record<Entity, number>>;

const copyInto: Readonly<Record<Entity, Statement>> = {
  patient: statement('ledger/stage/copy_staged_patient'),
  encounter: statement('ledger/stage/copy_staged_encounter'),
  merge: statement('ledger/stage/copy_staged_merge'),
};

/** Receives the stage lines of an entity. */
export const stageSink = (writer: Session, entity: Entity): Writable => writer.copySink(copyInto[entity].text);

interface ResolvedMerges {
  /** Rows that occurred more than once, byte for byte the same. */
  readonly copies: number;
  /** Merges that were sent and are kept, although the source could not show them. */
  readonly kept: number;
  /** Some merge's retired patient could not be read. */
  readonly isDamaged: boolean;
}

/**
 * Removes unusable merges, follows the others to their ends and finds those that Redox lacks. Runs before patients are staged.
 * `linesAreMissing`: some lines of the merges were unreadable.
 */
export async function resolveMerges(writer: Session, linesAreMissing: boolean): Promise<ResolvedMerges> {
  const { copies } = await writer.one<{ copies: number }>(statement('ledger/stage-merges/take_out_faulty_merges'));
  const isDamaged = linesAreMissing || (await damagedKeys(writer)).has('merge');
  const { kept } = isDamaged
    ? await writer.one<{ kept: number }>(statement('ledger/stage-merges/keep_known_merges'))
    : noneKept;
  await followMerges(writer);
  await findUnsentMerges(writer);
  return { copies, kept, isDamaged };
}

const noneKept = { kept: 0 };

/** SQL ends the merges of an unmerged survivor; only chained ones are read into memory. */
async function followMerges(writer: Session): Promise<void> {
  await writer.run(statement('ledger/stage-merges/end_merges'));
  const chains = new MergeChains();
  const chained = writer.pages<{ patient_id: string; next: string | null }>(
    statement('ledger/stage-merges/read_chained_merges'),
  );
  for await (const rows of chained) for (const { patient_id, next } of rows) chains.add(patient_id, next);
  await copyLines(
    writer,
    statement('ledger/stage-merges/copy_retired_patient'),
    chains.ends(),
    ({ patientId, survivorId, fault }) => [patientId, survivorId, fault],
  );
}

/** The entities with a staged row of unreadable key. */
async function damagedKeys(writer: Session): Promise<ReadonlySet<Entity>> {
  const rows = await writer.run<{ entity: Entity }>(statement('ledger/stage-merges/find_damaged_keys'), [damageMark]);
  return new Set(rows.map(({ entity }) => entity));
}

/** Called again after the ledger forgets a former target. */
export async function findUnsentMerges(writer: Session): Promise<void> {
  await writer.run(statement('ledger/stage-merges/find_unsent_merges'));
}

interface StageRequest {
  /** Every patient of the EHR was scanned, so a missing patient is gone. */
  readonly isSweep: boolean;
  readonly builderVersion: number;
  /** The damage of the source that is known before its rows are read. */
  readonly damage: Damage;
  /** The contract has summary/. */
  readonly hasSummaries: boolean;
}

export interface FinishedStage {
  /** Rows that occurred more than once, byte for byte the same. */
  readonly copies: Readonly<Record<SweptEntity, number>>;
  /** As asked, and what the rows' own keys show besides. */
  readonly damage: Damage;
}

/** Removes unusable rows, marks chains without an end, and joins patients into persons. Then the stage is ready to compare. */
export async function finishStage(
  writer: Session,
  run: Run,
  { isSweep, builderVersion, damage, hasSummaries }: StageRequest,
): Promise<FinishedStage> {
  const { name, text } = isSweep
    ? statement('ledger/sweep/analyze_sweep_stage')
    : statement('ledger/stage/analyze_stage');
  await writer.query(name, text);
  // Rows that become dirty from here on stay dirty for the next sweep.
  const finished = await writer.transaction(async () => {
    if (isSweep) await reopenChunks(writer, builderVersion);
    else await writer.run(statement('ledger/stage/open_chunks'));
    const copies = !isSweep || (await hasUncompared(writer)) ? await takeOutFaulty(writer, hasSummaries) : noCopies;
    const keys = await damagedKeys(writer);
    const known = {
      ...damage,
      patient: damage.patient || keys.has('patient'),
      encounter: damage.encounter || keys.has('encounter'),
    };
    if (known.merge) await writer.run(statement('ledger/stage-faults/take_out_unknown_patients'));
    const { marked } = await writer.one<{ marked: number }>(statement('ledger/stage-faults/mark_missing_survivors'), [
      isSweep,
      known.patient,
    ]);
    if (isSweep) await keepCompared(writer, run, { builderVersion, haveMergesMoved: marked > 0 });
    return { copies, damage: known };
  }, asOfOneMoment);
  await stageLanes(writer);
  return finished;
}

const noCopies = { patient: 0, encounter: 0 };

const asOfOneMoment = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

async function takeOutFaulty(writer: Session, hasSummaries: boolean): Promise<FinishedStage['copies']> {
  await analyzeChunks(writer);
  const patients = await writer.one<{ copies: number }>(statement('ledger/stage-faults/take_out_faulty_patients'));
  const encounters = await writer.one<{ copies: number }>(statement('ledger/stage-faults/take_out_faulty_encounters'));
  await writer.run(statement('ledger/stage-faults/take_out_shared_mrns'));
  if (hasSummaries) await writer.run(statement('ledger/stage-faults/take_out_summary_visits'));
  return { patient: patients.copies, encounter: encounters.copies };
}

/**
 * Counts and ranks the staged persons; the stage is compared by then. Gives the due rows of those who do not wait. `mayWait`: persons with
 * nothing to correct wait until they are released.
 */
export async function rankPersons(writer: Session, builderVersion: number, mayWait: boolean): Promise<number> {
  await writer.run(statement('ledger/stage-compare/stage_persons'), [builderVersion, mayWait]);
  await writer.run(statement('ledger/stage-compare/join_persons'), [mayWait]);
  const { calls } = await writer.one<{ calls: number }>(statement('ledger/stage-compare/rank_persons'));
  await analyzeRanks(writer);
  return calls;
}

async function analyzeRanks(writer: Session): Promise<void> {
  await writer.query('analysing the ranks', statement('ledger/stage-compare/analyze_ranks').text);
}

/** The due rows of the persons who wait. */
export async function countWaiting(writer: Session): Promise<Waiting> {
  const rows = await writer.one<WaitingRow>(statement('ledger/stage-compare/count_waiting'));
  return {
    new: { patient: rows.new_patients, encounter: rows.new_encounters },
    rebuilt: { patient: rows.rebuilt_patients, encounter: rows.rebuilt_encounters },
    summaries: 0,
  };
}

/** Persons whose wait has ended, and their rows that are new to Redox. */
export interface Released extends Readonly<Record<'patient' | 'encounter', number>> {
  readonly after_rank: number;
}

/** Ends the wait of the next persons, with this number of calls or a few more, because persons are planned whole. */
export async function releasePersons(writer: Session, calls: number): Promise<Released> {
  const released = await writer.one<Released>(statement('ledger/stage-compare/release_persons'), [calls]);
  await analyzeRanks(writer);
  return released;
}

type WaitingRow = Readonly<
  Record<'new_patients' | 'rebuilt_patients' | 'new_encounters' | 'rebuilt_encounters', number>
>;

/** Counts the staged rows as they are now. */
export const countStaged = (session: Session): Promise<StagedCounts> =>
  session.one<StagedCounts>(statement('ledger/stage/count_staged'));

async function stageLanes(writer: Session): Promise<void> {
  const persons = new Components();
  const pairs = writer.pages<{ one: string; other: string }>(statement('ledger/stage-merges/read_crossing_merges'));
  for await (const rows of pairs) for (const { one, other } of rows) persons.join(one, other);
  await copyLines(writer, statement('ledger/stage-merges/copy_lane'), persons.roots(), (lane) => lane);
}
