-- What a run came to, in four numbers, so that a trend over many nights reads one row a night and not the calls of all of them.
ALTER TABLE run
  ADD COLUMN accepted_calls integer,
  ADD COLUMN open_calls integer,
  ADD COLUMN changed_rows integer,
  ADD COLUMN silent_rows integer;
COMMENT ON COLUMN run.accepted_calls IS 'Calls of the run that Redox accepted, counted when it was closed; null while it runs.';
COMMENT ON COLUMN run.open_calls IS 'Likewise, calls that it left open: rejected, failed, unknown, blocked or not started.';
COMMENT ON COLUMN run.changed_rows IS 'Likewise, rows that it found changed since they were told; not those that only belong to another person now.';
COMMENT ON COLUMN run.silent_rows IS 'Of changed_rows, those that updated_at did not show: the mode changes would have missed them.';
