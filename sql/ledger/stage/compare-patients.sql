-- Settles the chunks of patients that are not: counts the rows that need nothing, on their own terms and not as what is left over, so
-- that the sum means something.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs. One row per chunk.
UPDATE stage_chunk c
SET row_count = counted.row_count, not_due = counted.not_due, unchanged = counted.unchanged, known = counted.known
FROM (
  SELECT
    s.chunk_id,
    count(*) AS row_count,
    count(*) FILTER (WHERE r.patient_id IS NOT NULL) AS not_due,
    count(*) FILTER (
      WHERE r.patient_id IS NULL
        AND l.row_fingerprint = s.fingerprint
        AND l.builder_version = $1
        AND l.former_mrns = '{}'
        AND l.resent_after IS NULL
        AND NOT ($2 AND s.asked)
    ) AS unchanged,
    count(l.patient_id) AS known
  FROM stage_patient s
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
  WHERE s.chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  GROUP BY s.chunk_id
) counted
WHERE c.chunk_id = counted.chunk_id
