-- Takes the lines of a file of acknowledgements. One row per line.
COPY stage_acknowledged (line, entity, entity_id, delivered_at, fault) FROM STDIN
