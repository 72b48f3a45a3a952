/**
 * Stage: EHR → one line a row → the stage beside the ledger. The table that flows through is never held in memory.
 */
import type { Entity } from '../contract/contract.ts';
import type { Damage } from '../decide/source/source-damage.ts';
import type { Fetched, FetchedEntity, Selection, Snapshot } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { resolveMerges, stageSink, type StagedCounts } from '../ledger/stage/stage.ts';
import { askMerges, nextWanted, want, type WantedEntity, wantRows } from '../ledger/stage/wanted.ts';
import { SweptChunks, sweepSink, type SweptEntity } from '../ledger/stage/sweep.ts';
import { pipeline } from 'node:stream/promises';
import { Readable, type Writable } from 'node:stream';
import { type ScopedPolicy, type ListedRow, type Scope, takesAllMerges } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import type { RowCheckers } from '../run/source-reading.ts';
import { retiredIds } from './retired-ids.ts';
import type { LineLayout } from '../contract/row/row-checker.ts';
import { FreshLines, StageLines } from './stage-lines.ts';
import { usualPageSize, withinBudget } from '../async/within-budget.ts';

export interface Staged {
  readonly scanned: StagedCounts;
  /** As the source was known to be, and what the merges' own keys show besides. */
  readonly damage: Damage;
  /** The source's own clock at the snapshot: the watermark stays below it. */
  readonly clock: Date;
}

/** How many wanted rows are fetched at a time. */
const pageSize = 1000;

/** Stages what the scope asks for, and what it depends on. */
export async function stage(
  { scope, asOf, linesPerChunk }: ScopedPolicy,
  { ledger, source: { checkers, damage } }: Services,
  snapshot: Snapshot,
  note: (lines: number) => void,
): Promise<Staged> {
  const stager = new Stager(snapshot, ledger, { checkers, note, linesPerChunk });
  const clock = await snapshot.clock();
  await stager.merges(scope, asOf);
  const isDamaged = await stager.resolveMerges(damage.merge);
  await stageScope(stager, scope);
  if (scope.kind !== 'sweep') await stageDependencies(stager, scope);
  return { scanned: stager.scanned, clock, damage: { ...damage, merge: isDamaged } };
}

/** Stages the merges of now, followed to their ends, and nothing else. */
export async function stageMerges(
  _: ScopedPolicy,
  { ledger, source: { checkers, damage } }: Services,
  snapshot: Snapshot,
  note: (lines: number) => void,
): Promise<void> {
  const stager = new Stager(snapshot, ledger, { checkers, note });
  await stager.scan('merge', { kind: 'all' });
  await stager.resolveMerges(damage.merge);
}

async function stageScope(stager: Stager, scope: Scope): Promise<void> {
  switch (scope.kind) {
    case 'sweep':
      await stager.sweep('patient');
      await stager.sweep('encounter');
      return;
    case 'changes':
      await stager.scan('patient', { kind: 'updated', since: scope.since });
      await stager.scan('encounter', { kind: 'updated', since: scope.since });
      await stager.want('open_rows');
      await stager.want('moved_encounters');
      await stager.want('orphans');
      return;
    case 'window':
      await stageWindow(stager, scope);
      return;
    case 'only':
      // The rows are wanted already: the merges are among them.
      return;
    case 'open':
      await stager.want('open_rows');
  }
}

async function stageWindow(stager: Stager, scope: Scope & { kind: 'window' }): Promise<void> {
  const { from, to } = scope;
  if (scope.by === 'updated') {
    await stager.scan('patient', { kind: 'updated_between', from, to });
    await stager.scan('encounter', { kind: 'updated_between', from, to });
    return;
  }
  await stager.scan('encounter', { kind: 'active_between', from, to });
  await stager.want('owners_asked');
}

/** A call requires the rows that it depends on (decision 15): the visits' patients, and both ends of merges. */
async function stageDependencies(stager: Stager, scope: Scope): Promise<void> {
  await stager.fetchWanted('encounter');
  await stager.want(takesAllMerges(scope) ? 'merged_and_unmerged_patients' : 'merged_patients');
  await stager.want('owners');
  await stager.fetchWanted('patient');
}

interface StagerOptions {
  readonly checkers: RowCheckers;
  readonly note: (count: number) => void;
  readonly linesPerChunk?: number | undefined;
}

class Stager {
  readonly #snapshot: Snapshot;
  readonly #ledger: Ledger;
  readonly #checkers: RowCheckers;
  readonly #note: (count: number) => void;
  readonly #linesPerChunk: number | undefined;
  readonly #scanned: Record<Entity, number> = { patient: 0, encounter: 0, merge: 0 };

  constructor(snapshot: Snapshot, ledger: Ledger, { checkers, note, linesPerChunk }: StagerOptions) {
    this.#linesPerChunk = linesPerChunk;
    this.#snapshot = snapshot;
    this.#ledger = ledger;
    this.#checkers = checkers;
    this.#note = note;
  }

  get scanned(): StagedCounts {
    return this.#scanned;
  }

  async scan(entity: Entity, selection: Selection, isAsked = true): Promise<void> {
    const { scannedLine } = this.#checkers[entity];
    await this.#stageLines(entity, await this.#snapshot.scan(entity, selection), scannedLine, isAsked);
  }

  /** Scans every row, and stages what is not staged as it is. */
  async sweep(entity: SweptEntity): Promise<void> {
    const { writer, fingerprints } = this.#ledger;
    const chunks = await SweptChunks.open(writer, entity);
    const fresh = new FreshLines(entity, fingerprints, this.#checkers[entity], chunks, this.#note, this.#linesPerChunk);
    await this.#stage(entity, await this.#snapshot.scan(entity, { kind: 'all' }), fresh, sweepSink(writer, entity));
    await chunks.close(writer, fresh.count);
  }

  /** Merges are read in full in every scope (decision 13); the scope decides which of them it takes. */
  async merges(scope: Scope, until: Date | null): Promise<void> {
    const { writer } = this.#ledger;
    await this.scan('merge', { kind: 'all' }, takesAllMerges(scope));
    switch (scope.kind) {
      case 'only':
        await wantRows(writer, wantedRows(scope.rows()));
        await askMerges(writer, 'listed');
        break;
      case 'window':
        await this.#wantMergesMade(scope.from, scope.to);
        await askMerges(writer, 'made');
        break;
      case 'open':
        await askMerges(writer, 'open');
        break;
      case 'sweep':
      case 'changes':
    }
    if (until === null) return;
    await this.#wantMergesMade(until, endOfTime);
    await askMerges(writer, 'not_made');
  }

  /** There may be as many as the EHR has, so their ids go to the ledger page by page. */
  async #wantMergesMade(from: Date, to: Date): Promise<void> {
    const lines = await this.#snapshot.scan('merge', { kind: 'active_between', from, to });
    await wantRows(this.#ledger.writer, retiredIds(lines));
  }

  /** Follows the merges to their ends, and counts them as they are then. Gives whether some of them could not be read. */
  async resolveMerges(linesAreMissing: boolean): Promise<boolean> {
    const { copies, kept, isDamaged } = await resolveMerges(this.#ledger.writer, linesAreMissing);
    this.#scanned.merge += kept - copies;
    return isDamaged;
  }

  want(what: Parameters<typeof want>[1]): Promise<void> {
    return want(this.#ledger.writer, what);
  }

  async fetchWanted(entity: 'patient' | 'encounter'): Promise<void> {
    let after: string | null = null;
    for (;;) {
      const keys = await nextWanted(this.#ledger.writer, entity, after, pageSize);
      const last = keys.at(-1);
      if (last === undefined) return;
      after = last.entity_id;
      const asked = new Map(keys.map((key) => [key.entity_id, key.asked]));
      const fetch = (ids: readonly string[]): Promise<Fetched<typeof entity> | null> =>
        this.#snapshot.fetchWithin(usualPageSize, entity, ids);
      for await (const { items, found } of withinBudget([[...asked.keys()]], { fetch, isSmall: () => true })) {
        // A row that is too large alone is staged as a scan would: only its keys are kept.
        await this.#stageFetched(entity, found ?? (await this.#snapshot.fetch(entity, items)), asked);
      }
    }
  }

  async #stageFetched(
    entity: FetchedEntity,
    found: Fetched<FetchedEntity>,
    asked: ReadonlyMap<string, boolean>,
  ): Promise<void> {
    for (const isAsked of [true, false]) {
      const lines = [...found]
        .filter(([id]) => asked.get(id) === isAsked)
        .flatMap(([, rows]) => rows.map((row) => `${row.updatedAt?.toISOString() ?? '\\N'}\t${row.line}\n`));
      const { fetchedLine } = this.#checkers[entity];
      await this.#stageLines(entity, Readable.from([Buffer.from(lines.join(''))]), fetchedLine, isAsked);
    }
  }

  async #stageLines(entity: Entity, lines: Readable, layout: LineLayout, isAsked: boolean): Promise<void> {
    const { fingerprints } = this.#ledger;
    const stageLines = new StageLines(entity, fingerprints, this.#checkers[entity], layout, isAsked, this.#note);
    await this.#stage(entity, lines, stageLines, stageSink(this.#ledger.writer, entity));
  }

  async #stage(entity: Entity, lines: Readable, stageLines: StageLines | FreshLines, sink: Writable): Promise<void> {
    try {
      await pipeline(lines, stageLines, sink);
    } catch (error) {
      throw this.#ledger.writer.explain(`staging ${entity} rows`, error);
    }
    this.#scanned[entity] += stageLines.count;
  }
}

const endOfTime = new Date('9999-12-31T23:59:59.999Z');

/** A merge that is listed means its retired patient too. */
async function* wantedRows(rows: AsyncIterable<ListedRow>): AsyncGenerator<{ entity: WantedEntity; id: string }> {
  for await (const { entity, id } of rows) yield { entity: entity === 'merge' ? 'patient' : entity, id };
}
