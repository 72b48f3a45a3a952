-- Empties the stage of acknowledged lines. Takes no parameters.
TRUNCATE stage_acknowledged
