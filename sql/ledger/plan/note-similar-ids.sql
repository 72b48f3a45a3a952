-- Names, beside what this plan found gone or without a patient, a patient of the EHR whose id differs only in blanks, case or leading
-- zeros. Nothing is joined by such a guess. $1: this run. One row: how many patients that are gone have one whom the ledger does not know.
WITH asked AS MATERIALIZED (
  SELECT discrepancy_id, kind, patient_id, plain_id(patient_id) AS plain
  FROM discrepancy
  WHERE run_number = $1
    AND (kind = 'orphan' AND detail = 'missing_patient' OR kind = 'gone' AND entity = 'patient')
),
alike AS (
  SELECT a.discrepancy_id, a.kind, min(s.entity_id) AS entity_id
  FROM asked a
  JOIN stage_patient s ON plain_id(s.entity_id) = a.plain AND s.entity_id <> a.patient_id
  GROUP BY a.discrepancy_id, a.kind
),
named AS (
  UPDATE discrepancy d
  SET detail = 'similar_patient_id', similar_id = alike.entity_id
  FROM alike
  WHERE d.discrepancy_id = alike.discrepancy_id
  RETURNING d.kind, d.similar_id
)
SELECT count(*) FILTER (WHERE kind = 'gone' AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = similar_id)) AS renamed
FROM named
