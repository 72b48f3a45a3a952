/**
 * The stage of sweeps, kept in chunks from one sweep to the next: see the end of `sql/ledger/migrations/0001-ledger.sql`. A sweep
 * compares new chunks and dirty rows; the chunks' own counts cover the rest.
 */
import { Readable, type Writable } from 'node:stream';
import type { Entity } from '../../contract/contract.ts';
import { DigestIndex } from '../../message/fingerprint/digest-index.ts';
import type { Fingerprint } from '../../message/fingerprint/fingerprint.ts';
import type { Session } from '../../postgres/session.ts';
import { statement, type Statement } from '../../postgres/sql-file.ts';
import type { Ledger } from '../ledger.ts';
import { FreshChunks } from './fresh-chunks.ts';
import type { Run } from '../run/run.ts';

/** Merges are few, and read in full by every run. */
export type SweptEntity = Exclude<Entity, 'merge'>;

/** A comparison counts for this many days: every row is compared once a week, as a safety net. */
const comparedForDays = 7;

/** Lets both sessions find the stage of sweeps, for the rest of the run. */
export async function useSweepStage({ writer, reader }: Ledger): Promise<void> {
  await writer.run(statement('ledger/sweep/use_sweep_stage'));
  await reader.run(statement('ledger/sweep/use_sweep_stage'));
}

/** The statements on the stage of one entity. */
interface EntityStatements {
  readonly copy: Statement;
  readonly drop: Statement;
  readonly dropUnknown: Statement;
  readonly vacuum: Statement;
  readonly analyze: Statement;
}

const statementsOf: Readonly<Record<SweptEntity, EntityStatements>> = {
  patient: {
    copy: statement('ledger/sweep/copy_swept_patient'),
    drop: statement('ledger/sweep/drop_patients'),
    dropUnknown: statement('ledger/sweep/drop_unknown_patients'),
    vacuum: statement('ledger/sweep/vacuum_patients'),
    analyze: statement('ledger/sweep/analyze_patients'),
  },
  encounter: {
    copy: statement('ledger/sweep/copy_swept_encounter'),
    drop: statement('ledger/sweep/drop_encounters'),
    dropUnknown: statement('ledger/sweep/drop_unknown_encounters'),
    vacuum: statement('ledger/sweep/vacuum_encounters'),
    analyze: statement('ledger/sweep/analyze_encounters'),
  },
};

/** Chunks in one statement, or in one piece of a COPY. */
const chunksPerPage = 10_000;

/** Receives the lines of fresh chunks. */
export const sweepSink = (writer: Session, entity: SweptEntity): Writable =>
  writer.copySink(statementsOf[entity].copy.text);

/** The chunks of one entity during a scan. */
export class SweptChunks {
  readonly #entity: SweptEntity;
  readonly #firstId: number;
  readonly #staged: DigestIndex;
  readonly #fresh = new FreshChunks();

  private constructor(entity: SweptEntity, firstId: number, staged: DigestIndex) {
    this.#entity = entity;
    this.#firstId = firstId;
    this.#staged = staged;
  }

  static async open(writer: Session, entity: SweptEntity): Promise<SweptChunks> {
    const { batch } = await writer.one<{ batch: number }>(statement('ledger/sweep/next_chunk_batch'));
    return new SweptChunks(entity, batch * 2 ** 32, await readStaged(writer, entity));
  }

  /**
   * True if this chunk is staged, and is met for the first time in this scan. The second time it is staged again, because its rows are
   * duplicates.
   */
  readonly meets = (digest: Fingerprint): boolean => this.#staged.take(digest);

  /** Adds a chunk with rows that are being staged, and returns its key. */
  readonly add = (digest: Fingerprint, rows: number): number => {
    const chunkId = this.#firstId + this.#fresh.count;
    this.#fresh.add(digest, rows);
    return chunkId;
  };

  /**
   * Called once all lines are staged. Afterwards the stage contains exactly the rows of this scan. `count`: the number of scanned lines;
   * rows that an interrupted scan left make the counts differ.
   */
  async close(writer: Session, count: number): Promise<void> {
    let gone = 0;
    for await (const keys of this.#goneChunks(writer)) {
      gone += keys.length;
      const page = [keys.map(String)];
      await writer.run(statement('ledger/sweep/forget_chunks'), page);
      await writer.run(statementsOf[this.#entity].drop, page);
    }
    if (this.#fresh.count > 0) {
      const { name, text } = statement('ledger/sweep/copy_chunk');
      await writer.copyIn(name, text, Readable.from(this.#fresh.lines(this.#firstId, this.#entity)));
    }
    if ((await this.#countRows(writer)) !== count) await this.#mend(writer, count);
    if (gone > 0) await writer.query('vacuuming the stage', statementsOf[this.#entity].vacuum.text);
    else if (this.#fresh.count > 0) await writer.query('analysing the stage', statementsOf[this.#entity].analyze.text);
  }

  /** Page by page: the chunks that the scan did not meet, and those whose digest is void. */
  async *#goneChunks(writer: Session): AsyncGenerator<number[]> {
    yield* this.#staged.left(chunksPerPage);
    for (;;) {
      const spoiled = await writer.run<{ chunk_id: number }>(statement('ledger/sweep/find_spoiled_chunks'), [
        this.#entity,
        chunksPerPage,
      ]);
      if (spoiled.length > 0) yield spoiled.map(({ chunk_id }) => chunk_id);
      if (spoiled.length < chunksPerPage) return;
    }
  }

  /**
   * Drops the rows that an interrupted scan left. If the count still differs, rows are lost: the chunks of the entity are forgotten, this
   * plan is refused, and the next sweep stages every row.
   */
  async #mend(writer: Session, count: number): Promise<void> {
    await writer.run(statementsOf[this.#entity].dropUnknown);
    if ((await this.#countRows(writer)) !== count)
      await writer.run(statement('ledger/sweep/forget_chunks_of_entity'), [this.#entity]);
  }

  async #countRows(writer: Session): Promise<number> {
    return (await writer.one<{ rows: number }>(statement('ledger/sweep/count_swept_rows'), [this.#entity])).rows;
  }
}

interface StagedChunks {
  readonly chunks: number;
  readonly entries: Buffer;
}

/** Reads page by page into one buffer: tens of thousands of rows at once would take more memory than the buffer. */
async function readStaged(writer: Session, entity: SweptEntity): Promise<DigestIndex> {
  let entries: Buffer | null = null;
  let length = 0;
  for await (const [page] of writer.pages<StagedChunks>(statement('ledger/sweep/read_staged_chunks'), [entity], 1)) {
    if (page === undefined) continue;
    entries ??= Buffer.alloc(page.chunks * DigestIndex.entryBytes);
    length += page.entries.copy(entries, length);
  }
  return new DigestIndex(entries ?? Buffer.alloc(0));
}

/**
 * Makes a chunk due for comparison again if the ledger wrote one of its rows, or if a merge of one changed. The caller opens the
 * transaction.
 */
export async function reopenChunks(writer: Session, builderVersion: number): Promise<void> {
  await writer.run(statement('ledger/sweep/forget_comparisons'), [builderVersion, comparedForDays]);
  await markMovedDirty(writer);
  const { rows } = await countUncompared(writer);
  if (rows > 0) await writer.run(statement('ledger/sweep/reopen_dirty_chunks'));
}

/** True if a chunk is still to be compared. */
export async function hasUncompared(writer: Session): Promise<boolean> {
  const { chunks, rows } = await countUncompared(writer);
  return chunks > 0 || rows > 0;
}

/**
 * Runs after unusable rows are removed and missing survivors are marked, in the transaction of `reopenChunks`. `haveMergesMoved`: some were
 * marked since.
 */
export async function keepCompared(
  writer: Session,
  run: Pick<Run, 'id'>,
  { builderVersion, haveMergesMoved }: { readonly builderVersion: number; readonly haveMergesMoved: boolean },
): Promise<void> {
  if (haveMergesMoved && (await markMovedDirty(writer)) > 0)
    await writer.run(statement('ledger/sweep/reopen_dirty_chunks'));
  await writer.run(statement('ledger/sweep/clear_dirty'));
  await writer.run(statement('ledger/sweep/forget_retired'));
  await writer.run(statement('ledger/sweep/keep_retired'));
  await writer.run(statement('ledger/sweep/note_compared'), [builderVersion, run.id]);
}

/** Touches what merges have moved; gives how many patients. */
async function markMovedDirty(writer: Session): Promise<number> {
  const { moved } = await writer.one<{ moved: number }>(statement('ledger/sweep/count_moved_patients'));
  if (moved > 0) await writer.run(statement('ledger/sweep/mark_moved_dirty'));
  return moved;
}

const countUncompared = (writer: Session): Promise<{ readonly chunks: number; readonly rows: number }> =>
  writer.one(statement('ledger/sweep/count_uncompared'));
