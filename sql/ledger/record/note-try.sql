-- Says, before a byte leaves, that calls which are being sent are tried once more. $1: call ids. One row per call that is still sending.
UPDATE call SET last_try_at = clock_timestamp() WHERE call_id = ANY ($1::bigint[]) AND state = 'sending' RETURNING call_id
