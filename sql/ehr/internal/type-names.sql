-- What the types of a query's columns are called.
-- $1 text[]: the types' oids. One row per given oid, in their order.
SELECT format_type(given.oid::oid, NULL) AS name
FROM unnest($1::text[]) WITH ORDINALITY AS given (oid, position)
ORDER BY given.position
