-- Forgets judgements that nobody compares with any more. $1: older than this. The newest stays. Gives nothing.
DELETE FROM judgement
WHERE judged_at < $1 AND judgement_id < (SELECT max(judgement_id) FROM judgement)
