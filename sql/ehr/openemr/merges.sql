-- OpenEMR moves everything to the survivor and deletes the retired patient. Its audit log keeps one trace, in base64. Where that log is
-- off, encrypted or cleared, there is no row here: the retired patient is reported as gone, and the visits move.
SELECT l.retired AS retired_patient_id,
       l.survivor AS surviving_patient_id,
       l.merged_at
FROM (
  SELECT REGEXP_SUBSTR(REGEXP_SUBSTR(CONVERT(FROM_BASE64(comments) USING utf8mb4), 'Deleted rows with pid = [0-9]+ in table patient_data'), '[0-9]+') AS retired,
         patient_id AS survivor,
         date AS merged_at,
         ROW_NUMBER() OVER (PARTITION BY REGEXP_SUBSTR(REGEXP_SUBSTR(CONVERT(FROM_BASE64(comments) USING utf8mb4), 'Deleted rows with pid = [0-9]+ in table patient_data'), '[0-9]+') ORDER BY id DESC) AS place
  FROM log
  WHERE event = 'patient-merge-delete'
) AS l
WHERE l.place = 1 AND l.retired <> '' AND NOT EXISTS (SELECT 1 FROM patient_data AS p WHERE p.pid = l.retired)
