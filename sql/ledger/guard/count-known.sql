-- What the ledger knows, for the guard: what Redox was told, and what was owed to it before.
-- $1: what is owed since then or earlier counts; null: nothing owed does. $2: what was told is counted up to so many rows of each
-- entity, for more of them would change nothing; null: all of it. One row.
SELECT
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NULL LIMIT $2) AS told) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'NewPatient'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = c.entity_id)
  ) AS patient,
  (SELECT count(*) FROM (SELECT FROM encounter LIMIT $2) AS told) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'VisitPush'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id)
  ) AS encounter,
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NOT NULL LIMIT $2) AS told) AS merge
