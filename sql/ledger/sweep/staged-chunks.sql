-- The chunks that are staged; one without a digest is to be staged anew. $1: entity. One row per chunk.
SELECT chunk_id, replace(digest::text, '-', '') AS digest FROM stage_chunk WHERE entity = $1
