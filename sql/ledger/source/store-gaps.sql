-- Keeps how many lines of which file were left out. $1: run. $2: a JSON array (see src/ledger/source.ts). Gives nothing.
INSERT INTO source_gap (run_number, file, reason, line_count, first_lines)
SELECT $1, file, reason, line_count, first_lines
FROM jsonb_to_recordset($2::jsonb) AS i (file text, reason text, line_count bigint, first_lines bigint[])
