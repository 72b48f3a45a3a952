-- What the ledger knows of patients. $1: patient ids. One row per known patient.
SELECT
  patient_id, presence, mrn, former_mrns, merged_into, sent_death, resent_after IS NOT NULL AS is_sent_again,
  replace(message_fingerprint::text, '-', '') AS message_fingerprint,
  encode(group_fingerprints, 'hex') AS group_fingerprints
FROM patient
WHERE patient_id = ANY ($1::text[])
