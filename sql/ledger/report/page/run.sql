-- What the page tells of a run beside its summary. $1: run number. One row.
SELECT
  r.plan_only,
  r.failure,
  r.refusal,
  r.program_version,
  r.site_time_zone,
  -- By the contract as last planned; null before the first plan.
  (
    SELECT s.queries -> 'patients.sql' ? 'updated_at' OR s.queries -> 'encounters.sql' ? 'updated_at'
    FROM contract_shape s
  ) AS has_updated_at,
  -- A run makes at most one call about an organisation; what its last POST came to is what is known of it.
  (SELECT a.result FROM organization_attempt a WHERE a.run_number = $1 ORDER BY a.number DESC LIMIT 1) AS directory_result
FROM run r
WHERE r.run_number = $1
