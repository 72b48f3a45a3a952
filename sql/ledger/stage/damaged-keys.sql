-- The entities of which a staged row's own key could not be read. $1: what stands for bytes that could not be read. One row per entity.
SELECT DISTINCT entity
FROM stage_fault
WHERE fault = 'damaged' AND position($1 IN entity_id) > 0
