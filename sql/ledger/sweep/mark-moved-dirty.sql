-- Touches the patients who are retired otherwise than when the chunks were compared, and the visits of theirs: under whom these are to
-- be told, and are, may be another. Takes no parameters. Gives nothing.
WITH moved AS MATERIALIZED (
  SELECT patient_id
  FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
  FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
  WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id)
)
INSERT INTO dirty_row (entity, entity_id)
SELECT 'patient', patient_id FROM moved
UNION ALL
-- Who cannot be used is taken out: no index takes such a key.
SELECT 'encounter', entity_id
FROM stage_encounter
WHERE patient_id IN (SELECT patient_id FROM moved) AND octet_length(entity_id) <= 2000
UNION ALL
SELECT 'encounter', encounter_id FROM encounter WHERE filed_under IN (SELECT patient_id FROM moved)
ON CONFLICT DO NOTHING
