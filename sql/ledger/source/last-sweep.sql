-- What the last full sweep that went on to send read of each table of an extract. Takes no parameters. One row per table.
SELECT table_name, min(file) AS file, sum(row_count)::bigint AS row_count
FROM source_file
WHERE run_number = (
  SELECT max(r.run_number)
  FROM run r
  JOIN source_file f ON f.run_number = r.run_number
  WHERE r.mode = 'sweep' AND NOT r.plan_only AND r.counts IS NOT NULL
)
GROUP BY table_name
