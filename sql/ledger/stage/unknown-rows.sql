-- The listed rows of a `rerun --only` that are neither in the EHR nor in the ledger. Asked once all is staged.
-- $1 bigint: so many at most. One row per listed row; `strangers` is how many there are of them in all.
SELECT w.entity, w.entity_id, count(*) OVER () AS strangers
FROM stage_wanted w
WHERE w.asked
  AND CASE w.entity
    WHEN 'patient' THEN
      NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = w.entity_id)
    ELSE
      NOT EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = w.entity_id)
  END
ORDER BY w.entity, w.entity_id
LIMIT $1
