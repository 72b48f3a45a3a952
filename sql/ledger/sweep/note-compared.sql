-- Notes how the chunks are compared from here on; `since` begins anew where none is compared.
-- $1: version of the message builder. $2: id of this run. Gives nothing.
INSERT INTO compared AS s (builder_version, since, run_id)
VALUES ($1, now(), $2)
ON CONFLICT (only_row) DO UPDATE
SET
  builder_version = excluded.builder_version,
  run_id = excluded.run_id,
  since = CASE WHEN EXISTS (SELECT FROM stage_chunk WHERE unchanged IS NOT NULL) THEN s.since ELSE excluded.since END
