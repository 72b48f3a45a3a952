-- The chunks that no scan can meet, for they are to be staged anew. $1: entity. One row per chunk.
SELECT chunk_id FROM stage_chunk WHERE entity = $1 AND digest IS NULL
