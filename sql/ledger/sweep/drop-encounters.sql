-- Takes out rows of no chunk: the scan did not meet it again, or one broke off. Takes no parameters. Gives nothing.
DELETE FROM stage_encounter WHERE chunk_id NOT IN (SELECT chunk_id FROM stage_chunk)
