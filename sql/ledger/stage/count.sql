-- Counts what is staged, to be compared with what was scanned: unlogged tables are empty after a crash of Postgres. Rows that
-- were taken out already, because they cannot be used, count as well.
-- Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM stage_patient) + coalesce(sum(row_count) FILTER (WHERE entity = 'patient'), 0)::bigint AS patient,
  (SELECT count(*) FROM stage_encounter) + coalesce(sum(row_count) FILTER (WHERE entity = 'encounter'), 0)::bigint AS encounter,
  (SELECT count(*) FROM stage_merge) + coalesce(sum(row_count) FILTER (WHERE entity = 'merge'), 0)::bigint AS merge
FROM stage_fault
