-- Takes lines of extracts that could not be read. One row per line.
COPY data_quality (run_number, entity, entity_id, patient_id, kind, column_name, line) FROM STDIN
