-- What a plan alone can say beforehand: of the patients of whom Redox would be told, how many others could not find by name, birth
-- date and ZIP; and whether a visit was ever pushed. $1: run number. One row.
WITH planned AS (
  SELECT DISTINCT entity_id
  FROM call
  WHERE run_number = $1 AND event_type IN ('NewPatient', 'PatientUpdate')
)
SELECT
  (SELECT count(*) FROM planned) AS patients,
  (
    SELECT count(*)
    FROM planned p
    WHERE EXISTS (
      SELECT FROM data_quality q
      WHERE q.run_number = $1
        AND q.entity = 'patient'
        AND q.entity_id = p.entity_id
        AND q.kind IN ('missing_match_key', 'malformed_match_key')
        AND q.column_name IN ('first_name', 'last_name', 'birth_date', 'zip')
    )
  ) AS unfindable,
  EXISTS (SELECT FROM encounter) AS has_pushed
