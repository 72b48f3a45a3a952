-- Takes chunks whose rows are staged, all of them. One row per chunk.
COPY stage_chunk (chunk_id, entity, digest, row_count) FROM STDIN
