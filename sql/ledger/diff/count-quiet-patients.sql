-- Counts the patient rows that need nothing, on their own terms and not as what is left over, so that the sum means something.
-- $1: version of the message builder. $2: true for a forced run. `known`: how many rows of
-- the ledger they are. One row.
SELECT
  count(*) FILTER (WHERE r.patient_id IS NOT NULL) AS not_due,
  count(*) FILTER (
    WHERE r.patient_id IS NULL
      AND l.row_fingerprint = s.fingerprint
      AND l.builder_version = $1
      AND l.former_mrns = '{}'
      AND NOT ($2 AND s.asked)
  ) AS unchanged,
  count(l.patient_id) AS known
FROM stage_patient s
LEFT JOIN patient l ON l.patient_id = s.entity_id
LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
