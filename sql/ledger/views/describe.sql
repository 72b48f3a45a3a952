-- Statements that say what a view and its columns are, and that give it back to those who could read it.
-- $1: the view. $2: what it is. $3: its columns. $4: what they are. $5: its readers, as they stand in SQL.
-- One row per statement.
SELECT format('COMMENT ON VIEW %I IS %L', $1::text, $2::text) AS statement
UNION ALL
SELECT format('COMMENT ON COLUMN %I.%I IS %L', $1::text, c.name, c.comment)
FROM unnest($3::text[], $4::text[]) AS c (name, comment)
UNION ALL
SELECT format('GRANT SELECT ON %I TO %s', $1::text, reader)
FROM unnest($5::text[]) AS reader
