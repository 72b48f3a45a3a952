-- When an attempt was recorded, by the ledger's own clock: the rate limit counts from then across restarts (decision 17). The times
-- beside it are those of the machine that made it, and the next run may be on another one, or this one's clock may have been set.
ALTER TABLE attempt ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE organization_attempt ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
DROP INDEX attempt_finished_at;
DROP INDEX organization_attempt_finished_at;
CREATE INDEX attempt_recorded_at ON attempt (recorded_at);
CREATE INDEX organization_attempt_recorded_at ON organization_attempt (recorded_at);
COMMENT ON COLUMN attempt.finished_at IS 'When the answer was read or given up, by the clock of the job''s machine.';
COMMENT ON COLUMN attempt.recorded_at IS 'When it was recorded, by the ledger''s clock, so after its end; the rate limit counts from then across restarts (decision 17).';
COMMENT ON COLUMN organization_attempt.finished_at IS 'When the answer was read or given up, by the clock of the job''s machine.';
COMMENT ON COLUMN organization_attempt.recorded_at IS 'When it was recorded, by the ledger''s clock, so after its end; the rate limit counts from then across restarts (decision 17).';
