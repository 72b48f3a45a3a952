-- Counts the merges that need nothing: told as they are, or of a patient whom Redox was never sent.
-- Takes no parameters. One row.
SELECT
  count(*) FILTER (WHERE l.patient_id IS NULL) AS not_due,
  count(*) FILTER (
    WHERE l.presence = 'merged'
      AND coalesce(t.survivor_id, l.merged_into) = r.survivor_id
      AND coalesce(o.survivor_id, l.told_into) = r.survivor_id
  ) AS unchanged
FROM stage_retired r
JOIN stage_merge m ON m.entity_id = r.patient_id
LEFT JOIN patient l ON l.patient_id = r.patient_id
LEFT JOIN stage_retired t ON t.patient_id = l.merged_into
LEFT JOIN stage_retired o ON o.patient_id = l.told_into
WHERE r.fault IS NULL
