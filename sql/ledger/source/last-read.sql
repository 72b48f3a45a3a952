-- The newest run that read files of an extract and sends what it plans. Takes no parameters. One row: its number, or null where none did.
SELECT max(f.run_number) AS run_number
FROM source_file f
JOIN run r USING (run_number)
WHERE NOT r.plan_only
