-- The visits of the clinic's extracts, with a digest of their allergies. One row per visit.
SELECT
  encounter_id, patient_id, 'outpatient' AS class, status, started_at, ended_at, reason AS reason_name,
  (
    SELECT md5(string_agg(allergies::text, '|' ORDER BY allergies::text COLLATE "C"))
    FROM allergies
    WHERE allergies.encounter_id = encounters.encounter_id
  ) AS clinical_version
FROM encounters
