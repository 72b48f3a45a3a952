-- Keeps which files a run read. $1: run. $2: a JSON array (see src/ledger/source.ts). Gives nothing.
INSERT INTO source_file (run_number, file, table_name, line_count, row_count, byte_count, modified_at, damaged_fields, age)
SELECT $1, file, table_name, line_count, row_count, byte_count, modified_at, damaged_fields, age
FROM jsonb_to_recordset($2::jsonb) AS i (
  file text, table_name text, line_count bigint, row_count bigint, byte_count bigint, modified_at timestamptz, damaged_fields bigint, age text
)
