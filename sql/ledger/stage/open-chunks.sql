-- Outside of sweeps all rows of an entity are one chunk. Takes no parameters. Gives nothing.
INSERT INTO stage_chunk (chunk_id, entity, row_count) VALUES (0, 'patient', 0), (1, 'encounter', 0)
