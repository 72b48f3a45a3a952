-- Chance that can be repeated, as in src/sandbox/clinic/dice.ts: a number of at least 0 and less than 1, the same for the same key
-- on every server. What is charted is made here, where the visits are, and not sent to and fro.
CREATE FUNCTION clinic.dice(key text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || left(md5(key), 8))::bit(32)::bigint::double precision / 4294967296
