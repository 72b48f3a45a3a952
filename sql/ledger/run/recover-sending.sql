-- Settles what a dead process left in `sending`: nobody knows whether Redox has it. What the ledger held of those rows was
-- voided when `sending` was committed; where the unknown call is a merge, where the retired patient's documents are is not
-- certain either, so they are told again. By which keys others find such a patient is not known any more.
-- The process may only be paused, and a POST of it under way: until its end can have come, calls of the same persons wait
-- (`in_flight`), and the rows are sent once more after they were sent with a certain answer (`resent_after`).
-- Takes no parameters. One row: how many.
WITH recovered AS (
  UPDATE call c
  SET state = 'unknown', reason = 'interrupted', finished_at = now()
  FROM run r
  WHERE c.state = 'sending' AND r.run_number = c.run_number
  RETURNING
    c.event_type, c.entity, c.entity_id, c.patient_id, c.row_patient_id, c.lane,
    -- A POST begins within two seconds of last_try_at (`lock-proof.ts`). A run of a release that kept neither: by default.
    -- A clock that was set back since makes nobody wait longer.
    least(coalesce(c.last_try_at, c.sending_at), now())
      + (2000 + coalesce(r.call_timeout_ms, 120000)) * interval '1 millisecond' AS ends_at
),
under_way AS (
  INSERT INTO in_flight AS f (entity, entity_id, ends_at)
  SELECT named.entity, named.entity_id, max(s.ends_at)
  FROM recovered s
  CROSS JOIN LATERAL (
    VALUES
      (CASE s.entity WHEN 'encounter' THEN 'encounter' ELSE 'patient' END, s.entity_id),
      ('patient', s.patient_id),
      ('patient', s.row_patient_id),
      ('patient', s.lane)
  ) AS named (entity, entity_id)
  WHERE named.entity_id IS NOT NULL
  GROUP BY named.entity, named.entity_id
  ON CONFLICT (entity, entity_id) DO UPDATE SET ends_at = greatest(f.ends_at, excluded.ends_at)
),
doubtful AS (
  UPDATE patient p
  SET match_faults = NULL, resent_after = 0
  FROM recovered
  WHERE recovered.event_type IN ('NewPatient', 'PatientUpdate') AND p.patient_id = recovered.entity_id
),
voided AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM recovered
  WHERE recovered.entity = 'merge' AND e.filed_under = recovered.entity_id
),
doubtful_visits AS (
  UPDATE encounter e
  SET resent_after = 0
  FROM recovered
  WHERE recovered.entity = 'encounter' AND e.encounter_id = recovered.entity_id
)
SELECT count(*) AS recovered FROM recovered
