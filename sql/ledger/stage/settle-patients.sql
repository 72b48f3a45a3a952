-- Settles the chunks of patients that are not: counts the rows that need nothing, on their own terms and not as what is left over, so
-- that the sum means something.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs. One row per chunk.
INSERT INTO stage_chunk (chunk_id, entity, row_count, not_due, unchanged, known)
SELECT
  s.chunk_id,
  'patient',
  count(*),
  count(*) FILTER (WHERE r.patient_id IS NOT NULL),
  count(*) FILTER (
    WHERE r.patient_id IS NULL
      AND l.row_fingerprint = s.fingerprint
      AND l.builder_version = $1
      AND l.former_mrns = '{}'
      AND NOT ($2 AND s.asked)
  ),
  count(l.patient_id)
FROM stage_patient s
LEFT JOIN patient l ON l.patient_id = s.entity_id
LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
WHERE s.chunk_id NOT IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NOT NULL)
GROUP BY s.chunk_id
ON CONFLICT (chunk_id) DO UPDATE
SET row_count = excluded.row_count, not_due = excluded.not_due, unchanged = excluded.unchanged, known = excluded.known
