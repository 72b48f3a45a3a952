-- Takes keys that a person listed. One row per key.
COPY stage_wanted (entity, entity_id, asked) FROM STDIN
