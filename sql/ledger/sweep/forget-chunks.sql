-- Forgets chunks that the scan did not meet again. $1: their keys. Gives nothing.
DELETE FROM stage_chunk WHERE chunk_id = ANY ($1::bigint[])
