/** Compares the staged rows with the ledger, chunk by chunk; a clean chunk is represented by its counts alone. */
import type { Session } from '../../postgres/session.ts';
import { statement, type Statement } from '../../postgres/sql-file.ts';
import { hasUncompared, type SweptEntity } from './sweep.ts';

/** Compares the uncompared chunks with the ledger, and counts their clean rows. */
export async function compareChunks(
  writer: Session,
  isSweep: boolean,
  { builderVersion, forced }: { readonly builderVersion: number; readonly forced: boolean },
): Promise<void> {
  if (isSweep && !(await hasUncompared(writer))) return;
  await compareRows(writer, 'patient', statement('ledger/stage-compare/compare_patients'), [builderVersion, forced]);
  await compareRows(writer, 'encounter', statement('ledger/stage-compare/compare_encounters'), [
    builderVersion,
    forced,
  ]);
  await analyzeChunks(writer);
}

interface ComparedChunk {
  readonly chunk_id: number;
  readonly row_count: number;
  readonly not_due: number;
  readonly unchanged: number;
  readonly known: number;
}

/** Some two million rows. */
const chunksPerPage = 16_000;

async function compareRows(
  writer: Session,
  entity: SweptEntity,
  compare: Statement<ComparedChunk>,
  options: readonly [number, boolean],
): Promise<void> {
  let after = -1;
  for (;;) {
    const { last_chunk_id: last } = await writer.one<{ last_chunk_id: number | null }>(
      statement('ledger/stage-compare/find_uncompared'),
      [entity, after, chunksPerPage],
    );
    if (last === null) return;
    const chunks = await writer.run<ComparedChunk>(compare, [...options, after, last]);
    await writer.run(statement('ledger/stage-compare/note_counts'), [
      chunks.map(({ chunk_id }) => String(chunk_id)),
      chunks.map(({ row_count }) => String(row_count)),
      chunks.map(({ not_due }) => String(not_due)),
      chunks.map(({ unchanged }) => String(unchanged)),
      chunks.map(({ known }) => String(known)),
    ]);
    after = last;
  }
}

/** Updates the planner's statistics of the chunks. */
export async function analyzeChunks(writer: Session): Promise<void> {
  const { name, text } = statement('ledger/stage/analyze_chunks');
  await writer.query(name, text);
}
