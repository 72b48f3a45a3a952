-- What the ledger knows of visits. $1: encounter ids. One row per known visit.
SELECT
  encounter_id, presence, patient_id, filed_under, document_version, resent_after IS NOT NULL AS is_sent_again,
  replace(message_fingerprint::text, '-', '') AS message_fingerprint,
  encode(group_fingerprints, 'hex') AS group_fingerprints
FROM encounter
WHERE encounter_id = ANY ($1::text[])
