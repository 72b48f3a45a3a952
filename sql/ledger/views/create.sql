-- A report as a view over all runs: the report's own query, once for each run that is asked for. The run's id is that of the outer
-- table, so that a condition on it is met before the query is begun.
-- {view}: its name. {columns}: those of the report, its run_id from the outer table. {query}: reports/<name>.sql, with
-- reported.run_number for $1. Gives nothing.
CREATE OR REPLACE VIEW {view} AS
SELECT {columns}
FROM run AS reported
CROSS JOIN LATERAL (
{query}
) AS report
