-- How many merges Redox was told. Takes no parameters. One row.
SELECT count(*) AS merges FROM patient WHERE merged_into IS NOT NULL
