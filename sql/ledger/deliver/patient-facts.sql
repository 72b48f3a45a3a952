-- What the ledger knows of patients. $1: patient ids. One row per known patient.
SELECT patient_id, presence, mrn, former_mrns, merged_into, message_fingerprint, group_fingerprints
FROM patient
WHERE patient_id = ANY ($1::text[])
