-- Marks runs that died. The lock is ours, so whoever still says `running` does not. Takes no parameters.
-- One row per such run.
UPDATE run SET status = 'interrupted', finished_at = now() WHERE status = 'running' RETURNING run_id
