-- A registration is merged into one other at a time.
CREATE UNIQUE INDEX merge_in_force ON clinic.merge_log (retired_person_id) WHERE undone_at IS NULL
