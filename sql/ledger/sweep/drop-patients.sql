-- Takes out the rows of chunks that the scan did not meet again. $1: the chunks' keys. Gives nothing.
DELETE FROM stage_patient WHERE chunk_id = ANY ($1::bigint[])
