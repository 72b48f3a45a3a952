-- Takes no parameters. One row.
SELECT count(*) AS calls FROM floor
