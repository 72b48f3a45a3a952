-- From here on the server gives text as it lies there. Only where the database itself has no encoding (SQL_ASCII): in any other one
-- the server would convert and check. One row.
SELECT set_config('client_encoding', 'SQL_ASCII', false) AS client_encoding
