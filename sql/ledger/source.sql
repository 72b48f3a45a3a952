-- What a run read: the tables, and the files of an extract with the lines left out. The guard compares them with those of
-- the last sweep, and the summary shows them.

-- name: store_source_files
-- Stores the files that a run read. $1: run. $2: a JSON array (see src/ledger/stage/source.ts).
INSERT INTO source_file (run_number, file, table_name, line_count, row_count, byte_count, modified_at, damaged_fields, age)
SELECT $1, file, table_name, line_count, row_count, byte_count, modified_at, damaged_fields, age
FROM jsonb_populate_recordset(NULL::source_file, $2::jsonb);

-- name: store_source_gaps
-- Stores the number of lines left out of each file. $1: run. $2: a JSON array (see src/ledger/stage/source.ts).
INSERT INTO source_gap (run_number, file, reason, line_count, first_lines)
SELECT $1, file, reason, line_count, first_lines
FROM jsonb_populate_recordset(NULL::source_gap, $2::jsonb);

-- name: read_last_swept_tables
-- The row counts of an extract's tables in the last full sweep that was sent.
-- One row per table.
SELECT table_name, min(file) AS file, sum(row_count)::bigint AS row_count
FROM source_file
WHERE run_number = (
  SELECT max(r.run_number)
  FROM run r
  JOIN source_file f ON f.run_number = r.run_number
  WHERE r.mode = 'sweep' AND NOT r.plan_only AND r.counts IS NOT NULL
)
GROUP BY table_name;

-- name: read_source_files
-- The extract files that a run read, with the lines left out. $1: run.
-- One row per file.
SELECT
  f.file,
  f.modified_at,
  f.line_count AS lines,
  f.damaged_fields,
  f.age,
  coalesce(
    (SELECT jsonb_object_agg(g.reason, g.line_count ORDER BY g.reason) FROM source_gap g WHERE g.run_number = f.run_number AND g.file = f.file),
    '{}'
  ) AS left_out
FROM source_file f
WHERE f.run_number = $1
ORDER BY f.file;

-- name: read_last_files
-- The newest run that read an extract and was not plan-only.
-- One row: its number, or null.
SELECT max(f.run_number) AS run_number
FROM source_file f
JOIN run r USING (run_number)
WHERE NOT r.plan_only;
