-- What a run read of the files of an extract. $1: run. One row per file.
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
ORDER BY f.file
