-- Counts what is staged, to be compared with what was scanned: unlogged tables are empty after a crash of Postgres.
-- Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM stage_patient) AS patient,
  (SELECT count(*) FROM stage_encounter) AS encounter,
  (SELECT count(*) FROM stage_merge) AS merge
