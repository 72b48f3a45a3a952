-- How many lines of open-actions.csv need a person. The report's own query takes the place of `open_actions`, so that what is counted is
-- what people read. $1: run number. One row.
SELECT
  count(*) AS lines,
  count(*) FILTER (WHERE is_new) AS new_lines
FROM open_actions
WHERE needs = 'person'
