-- What people were last told. Takes no parameters. One row, or none.
SELECT alerted_state, alerted_reasons, alerted_at
FROM health_record
ORDER BY health_record_id DESC
LIMIT 1
