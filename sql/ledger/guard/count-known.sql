-- What the ledger knows, for the guard: what Redox was told, and what was owed to it before.
-- $1: what is owed since then or earlier counts; null: nothing owed does. One row.
SELECT
  (SELECT count(*) FROM patient WHERE merged_into IS NULL) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'NewPatient'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = c.entity_id)
  ) AS patient,
  (SELECT count(*) FROM encounter) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'VisitPush'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id)
  ) AS encounter,
  (SELECT count(*) FROM patient WHERE merged_into IS NOT NULL) AS merge
