-- Forgets judgements that nobody compares with any more. $1: older than this. The newest stays. Gives nothing.
DELETE FROM health_record
WHERE recorded_at < $1 AND health_record_id < (SELECT max(health_record_id) FROM health_record)
