/**
 * What sweeps keep, as a model: a chunk that counts as settled, and of whose rows none was touched since, says what a comparison of all
 * its rows with the ledger says now; and no row of one is unusable. If it did not, the next sweep would not look at a row that differs.
 */
import type { Session } from '../../../src/postgres/session.ts';
import { sweepSchema } from '../../../src/ledger/run/migrate.ts';

const settledPatients = `
  SELECT c.chunk_id, c.row_count, c.not_due, c.unchanged, c.known,
    count(s.entity_id)::integer AS rows_now,
    count(*) FILTER (WHERE r.patient_id IS NOT NULL)::integer AS not_due_now,
    count(*) FILTER (
      WHERE r.patient_id IS NULL
        AND l.row_fingerprint = s.fingerprint
        AND l.builder_version = (SELECT builder_version FROM ${sweepSchema}.compared)
        AND l.former_mrns = '{}'
    )::integer AS unchanged_now,
    count(l.patient_id)::integer AS known_now
  FROM ${sweepSchema}.stage_chunk c
  LEFT JOIN ${sweepSchema}.stage_patient s USING (chunk_id)
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN ${sweepSchema}.compared_retired r ON r.patient_id = s.entity_id
  WHERE c.entity = 'patient' AND c.unchanged IS NOT NULL
  GROUP BY c.chunk_id
  HAVING NOT bool_or(EXISTS (
    SELECT FROM ${sweepSchema}.dirty_row t WHERE t.entity = 'patient' AND t.entity_id IN (s.entity_id, '')
  ))`;

const settledEncounters = `
  SELECT c.chunk_id, c.row_count, c.not_due, c.unchanged, c.known,
    count(s.entity_id)::integer AS rows_now,
    count(*) FILTER (WHERE l.encounter_id IS NULL AND s.status <> 'finished')::integer AS not_due_now,
    count(*) FILTER (
      WHERE l.row_fingerprint = s.fingerprint
        AND l.builder_version = (SELECT builder_version FROM ${sweepSchema}.compared)
        AND coalesce(held.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
    )::integer AS unchanged_now,
    count(l.encounter_id)::integer AS known_now
  FROM ${sweepSchema}.stage_chunk c
  LEFT JOIN ${sweepSchema}.stage_encounter s USING (chunk_id)
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  LEFT JOIN ${sweepSchema}.compared_retired r ON r.patient_id = s.patient_id
  LEFT JOIN ${sweepSchema}.compared_retired held ON held.patient_id = l.filed_under
  WHERE c.entity = 'encounter' AND c.unchanged IS NOT NULL
  GROUP BY c.chunk_id
  HAVING NOT bool_or(EXISTS (
    SELECT FROM ${sweepSchema}.dirty_row t WHERE t.entity = 'encounter' AND t.entity_id IN (s.entity_id, '')
  ))`;

const repeated = `
  SELECT 'patient ' || entity_id AS row FROM ${sweepSchema}.stage_patient GROUP BY entity_id HAVING count(*) > 1
  UNION ALL
  SELECT 'encounter ' || entity_id FROM ${sweepSchema}.stage_encounter GROUP BY entity_id HAVING count(*) > 1`;

interface Settled {
  readonly chunk_id: string;
  readonly row_count: number;
  readonly not_due: number;
  readonly unchanged: number;
  readonly known: number;
  readonly rows_now: number;
  readonly not_due_now: number;
  readonly unchanged_now: number;
  readonly known_now: number;
}

/** What is not so of the chunks that count as settled, each a sentence. */
export async function settledFaults(ledger: Session): Promise<string[]> {
  const chunks = [
    ...(await ledger.query('the patients of settled chunks', settledPatients)).rows,
    ...(await ledger.query('the visits of settled chunks', settledEncounters)).rows,
  ] as Settled[];
  const wrong = chunks.filter(
    (chunk) =>
      chunk.row_count !== chunk.rows_now ||
      chunk.not_due !== chunk.not_due_now ||
      chunk.unchanged !== chunk.unchanged_now ||
      chunk.known !== chunk.known_now,
  );
  return wrong.map((chunk) => `a chunk counts as settled and is not: ${JSON.stringify(chunk)}`);
}

/** Rows that stand twice in what was kept after a sweep that came to its end. */
export async function repeatedRows(ledger: Session): Promise<string[]> {
  const { rows } = await ledger.query('rows that stand twice', repeated);
  return rows.map(({ row }) => `${row} is staged twice`);
}
