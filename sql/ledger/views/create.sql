-- A report as a view over all runs: the report's own query, once for each run that is asked for. The run's id is that of the outer
-- table, so that a condition on it is met before the query is begun.
-- {view}: its name. {columns}: those of the report but the first, which is run_id. {query}: reports/<name>.sql, with
-- reported.run_number for $1. Gives nothing.
CREATE VIEW {view} AS
SELECT reported.run_id, {columns}
FROM run AS reported
CROSS JOIN LATERAL (
{query}
) AS report
