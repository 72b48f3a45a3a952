-- Tells in this run's reports what the plan-only run found; not what is wrong with a message, which is found again when it is built. $1: this run. $2: the run that planned. Gives nothing.
INSERT INTO discrepancy (
  run_number, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates
)
SELECT $1, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates
FROM discrepancy
WHERE run_number = $2
  AND NOT (
    kind = 'invalid'
    AND EXISTS (SELECT FROM call c WHERE c.run_number = $2 AND c.entity = discrepancy.entity AND c.entity_id = discrepancy.entity_id)
  )
ORDER BY discrepancy_id
