-- The pairs of patients that a merge connects although the EHR's chains do not: merges that Redox was told and the EHR has
-- undone or re-pointed, and cycles. Few.
-- Takes no parameters. One row per pair.
SELECT coalesce(a.survivor_id, p.patient_id) AS one, coalesce(b.survivor_id, p.merged_into) AS other
FROM patient p
LEFT JOIN stage_retired a ON a.patient_id = p.patient_id
LEFT JOIN stage_retired b ON b.patient_id = p.merged_into
WHERE p.merged_into IS NOT NULL
  AND coalesce(a.survivor_id, p.patient_id) <> coalesce(b.survivor_id, p.merged_into)
UNION ALL
SELECT m.entity_id, coalesce(b.survivor_id, m.surviving_patient_id)
FROM stage_retired r
JOIN stage_merge m ON m.entity_id = r.patient_id
LEFT JOIN stage_retired b ON b.patient_id = m.surviving_patient_id
WHERE r.fault IS NOT NULL AND m.entity_id <> m.surviving_patient_id
