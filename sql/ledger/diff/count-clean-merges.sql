-- Counts the merges that need nothing: told as they are, or of a patient whom Redox was never sent.
-- Takes no parameters. One row.
WITH untold AS MATERIALIZED (
  SELECT r.patient_id FROM stage_unsent_merge JOIN stage_retired r USING (patient_id) WHERE r.fault IS NULL
)
SELECT
  (SELECT count(*) FROM untold WHERE NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = untold.patient_id)) AS not_due,
  (SELECT count(*) FROM stage_retired WHERE fault IS NULL) - (SELECT count(*) FROM untold) AS unchanged
