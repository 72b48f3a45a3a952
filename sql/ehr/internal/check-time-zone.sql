-- Fails with 22023 where this Postgres does not know the time zone.
-- $1 text: name of the zone. One row.
SELECT now() AT TIME ZONE $1::text AS wall_clock
