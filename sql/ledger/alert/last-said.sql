-- What people were last told. Takes no parameters. One row, or none.
SELECT said_state, said_reasons, said_at
FROM judgement
ORDER BY judgement_id DESC
LIMIT 1
