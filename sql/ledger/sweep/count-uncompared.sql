-- How much there is to look at: chunks that are not compared, and rows that were touched. Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM stage_chunk WHERE unchanged IS NULL) AS chunks,
  (SELECT count(*) FROM dirty_row) AS rows
