-- The rows that the EHR itself has changed since Redox was told for certain: a release that builds other messages makes every row
-- a candidate, and changes none. Retired patients are the merges' business, and what is not finished is not told.
-- $1: what is owed since then or earlier does not count; null: all counts. One row.
SELECT
  (
    SELECT count(*)
    FROM stage_patient s
    JOIN patient l ON l.patient_id = s.entity_id
    WHERE s.asked
      AND l.presence = 'present'
      AND l.row_fingerprint <> s.fingerprint
      AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id AND c.open_since <= $1
      )
  ) AS patient,
  (
    SELECT count(*)
    FROM stage_encounter s
    JOIN encounter l ON l.encounter_id = s.entity_id
    WHERE s.asked
      AND s.status = 'finished'
      AND l.row_fingerprint <> s.fingerprint
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id AND c.open_since <= $1
      )
  ) AS encounter
