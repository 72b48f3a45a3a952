-- Synthea's immunizations; it writes down only those that were given.
-- $1 text[]: ids of encounters. One row per dose.
SELECT encounter AS encounter_id,
       date AS given_at,
       code,
       'CVX' AS code_system,
       description AS name,
       'completed' AS status
FROM immunizations
WHERE encounter = ANY($1)
