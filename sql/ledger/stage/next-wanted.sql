-- The next keys to fetch: wanted and not staged yet, in the order of the keys.
-- $1: entity. $2: the last key of the page before, or null. $3: how many. One row per key.
SELECT w.entity_id, w.asked
FROM stage_wanted w
WHERE w.entity = $1
  AND ($2::text IS NULL OR w.entity_id > $2)
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE $1 = 'patient' AND s.entity_id = w.entity_id)
  AND NOT EXISTS (SELECT FROM stage_encounter s WHERE $1 = 'encounter' AND s.entity_id = w.entity_id)
ORDER BY w.entity_id
LIMIT $3
