-- Settles what a dead process left in `sending`: nobody knows whether Redox has it. What the ledger held of those rows was
-- voided when `sending` was committed; where the unknown call is a merge, where the retired patient's documents are is not
-- certain either, so they are told again. By which keys others find such a patient is not known any more.
-- Takes no parameters. One row: how many.
WITH settled AS (
  UPDATE call
  SET state = 'unknown', reason = 'interrupted', finished_at = now()
  WHERE state = 'sending'
  RETURNING event_type, entity, entity_id
),
doubtful AS (
  UPDATE patient p
  SET match_faults = NULL
  FROM settled
  WHERE settled.event_type IN ('NewPatient', 'PatientUpdate') AND p.patient_id = settled.entity_id
),
voided AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM settled
  WHERE settled.entity = 'merge' AND e.held_under = settled.entity_id
)
SELECT count(*) AS settled FROM settled
