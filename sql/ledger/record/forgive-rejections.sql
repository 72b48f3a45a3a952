-- Takes back what this run counted against rows, where the circuit breaker found that it was not the rows (decision 10).
-- $1: run. $2: the reasons for which its calls failed alike. Gives nothing.
WITH forgiven AS (
  UPDATE call SET rejected_dates = NULL
  WHERE run_number = $1 AND state = 'rejected' AND reason = ANY ($2::text[])
  RETURNING entity, entity_id
),
never_counted AS (
  DELETE FROM rejection x
  USING forgiven f
  WHERE x.entity = f.entity AND x.entity_id = f.entity_id AND x.run_number = $1 AND cardinality(x.dates) = 1
)
UPDATE rejection x
SET dates = x.dates[:cardinality(x.dates) - 1]
FROM forgiven f
WHERE x.entity = f.entity AND x.entity_id = f.entity_id AND x.run_number = $1 AND cardinality(x.dates) > 1
