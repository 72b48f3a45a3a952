-- For the rest of this transaction the server refuses a query to which policies of row level security apply, instead of leaving
-- rows out. One row.
SELECT set_config('row_security', 'off', true) AS row_security
