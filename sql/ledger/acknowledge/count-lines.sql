-- How much of the file could be read. Takes no parameters. One row.
SELECT count(*) AS lines, count(*) FILTER (WHERE fault IS NULL) AS readable, min(line) FILTER (WHERE fault IS NOT NULL) AS first_fault
FROM stage_acknowledged
