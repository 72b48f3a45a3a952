-- Takes out the rows of no chunk, which a scan that broke off has left. Takes no parameters. Gives nothing.
DELETE FROM stage_encounter s WHERE NOT EXISTS (SELECT FROM stage_chunk c WHERE c.chunk_id = s.chunk_id)
