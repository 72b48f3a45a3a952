-- Corrects a value that was measured at a visit, or adds one that was forgotten.
-- $1 visit, $2 test (LOINC), $3 value, $4 when, or null for now. One row: whether there was such a visit.
WITH amended AS (
  UPDATE clinic.visit
  SET note_version = note_version + 1, changed_at = coalesce($4::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id, began_at
), recorded AS (
  INSERT INTO clinic.measurement (visit_id, loinc_code, measured_at, value)
  SELECT visit_id, $2::text, began_at + interval '5 minutes', $3::numeric FROM amended
  ON CONFLICT (visit_id, loinc_code) DO UPDATE SET value = excluded.value
)
SELECT EXISTS (SELECT FROM amended) AS is_found
