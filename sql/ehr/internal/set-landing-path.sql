-- For the rest of this transaction an unqualified name is one in the landing schema.
-- $1 text: the schema's name, of lower-case letters, digits and underscores only. One row.
SELECT set_config('search_path', $1::text, true) AS search_path
