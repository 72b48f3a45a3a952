-- A report as its CSV: the report's own query, each of its columns as `csv_field` writes it. COPY takes no parameters, so the run
-- stands in a setting (`set-run.sql`).
-- {fields}: the report's columns. {query}: reports/<name>.sql, with the setting for $1. Gives lines that end with LF.
COPY (
SELECT {fields}
FROM (
{query}
) AS report
) TO STDOUT (FORMAT csv, HEADER)
