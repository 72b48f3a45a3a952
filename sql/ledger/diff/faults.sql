-- The keys whose rows were taken out of the stage.
-- Takes no parameters. One row per key.
SELECT entity, entity_id, fault, row_count FROM stage_fault ORDER BY entity, entity_id
