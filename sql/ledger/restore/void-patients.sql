-- Voids what the ledger says of the doubtful patients. Redox may have merged or un-merged any of them meanwhile, so each that has a row
-- is created anew (`uncertain`), and then merged again where the EHR has it merged. A row whose MRN is its survivor's is one record with
-- it at Redox, and is not brought back. That Redox was sent a death counts as possible.
-- Takes no parameters. One row: how many.
WITH doubtful AS (
  SELECT
    p.patient_id,
    r.survivor_id,
    s.entity_id IS NOT NULL AND p.mrn IS DISTINCT FROM coalesce(v.mrn, v.entity_id) AS can_be_created
  FROM stage_doubtful d
  JOIN patient p USING (patient_id)
  LEFT JOIN stage_retired r USING (patient_id)
  LEFT JOIN stage_patient s ON s.entity_id = d.patient_id
  LEFT JOIN stage_patient v ON v.entity_id = r.survivor_id
),
voided AS (
  UPDATE patient p
  SET
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    sent_death = true,
    presence = CASE
      WHEN d.can_be_created AND (d.survivor_id IS NOT NULL OR p.presence = 'present') THEN 'uncertain'
      WHEN d.survivor_id IS NOT NULL THEN 'merge_uncertain'
      ELSE p.presence
    END,
    merged_into = CASE
      WHEN d.survivor_id IS NULL THEN p.merged_into
      WHEN NOT d.can_be_created THEN coalesce(p.merged_into, d.survivor_id)
    END,
    sent_into = CASE
      WHEN d.survivor_id IS NULL THEN p.sent_into
      WHEN NOT d.can_be_created THEN coalesce(p.sent_into, d.survivor_id)
    END
  FROM doubtful d
  WHERE p.patient_id = d.patient_id
  RETURNING 1
)
SELECT count(*) AS voided FROM voided
