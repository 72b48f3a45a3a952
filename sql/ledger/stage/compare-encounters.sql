-- Settles the chunks of visits that are not: counts the rows that need nothing, told as they are, or never told and not finished.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs. One row per chunk.
UPDATE stage_chunk c
SET row_count = counted.row_count, not_due = counted.not_due, unchanged = counted.unchanged, known = counted.known
FROM (
  SELECT
    s.chunk_id,
    count(*) AS row_count,
    count(*) FILTER (WHERE l.encounter_id IS NULL AND s.status <> 'finished') AS not_due,
    count(*) FILTER (
      WHERE l.row_fingerprint = s.fingerprint
        AND l.builder_version = $1
        AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
        AND l.resent_after IS NULL
        AND NOT ($2 AND s.asked)
    ) AS unchanged,
    count(l.encounter_id) AS known
  FROM stage_encounter s
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  WHERE s.chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  GROUP BY s.chunk_id
) counted
WHERE c.chunk_id = counted.chunk_id
