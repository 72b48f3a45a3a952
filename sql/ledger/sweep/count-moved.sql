-- Counts the patients who are retired otherwise than when the chunks were compared. Takes no parameters. One row.
SELECT count(*) AS moved
FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id)
