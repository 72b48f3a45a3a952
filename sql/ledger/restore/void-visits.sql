-- Voids what the ledger says of the visits of doubtful patients, and takes in those of lost calls that it does not know: Redox may have
-- each document, in another version or under somebody else. Takes no parameters. One row: how many.
WITH voided AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  WHERE e.patient_id IN (SELECT patient_id FROM stage_doubtful)
    OR e.filed_under IN (SELECT patient_id FROM stage_doubtful)
    OR e.encounter_id IN (SELECT s.entity_id FROM stage_encounter s JOIN stage_doubtful USING (patient_id))
  RETURNING 1
),
added AS (
  INSERT INTO encounter (encounter_id, presence, patient_id, filed_under)
  SELECT DISTINCT ON (entity_id) entity_id, 'uncertain', patient_id, patient_id
  FROM stage_lost_call
  WHERE entity = 'encounter'
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM voided) + (SELECT count(*) FROM added) AS voided
