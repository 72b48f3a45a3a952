-- What the ledger knows of visits. $1: encounter ids. One row per known visit.
SELECT encounter_id, presence, patient_id, held_under, message_fingerprint, group_fingerprints
FROM encounter
WHERE encounter_id = ANY ($1::text[])
