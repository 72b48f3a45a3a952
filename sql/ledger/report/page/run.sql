-- What the page tells of a run beside its summary. $1: run number. One row.
SELECT
  r.plan_only,
  r.failure,
  r.refusal,
  r.program_version,
  -- A run makes at most one call about an organisation; what its last POST came to is what is known of it.
  (SELECT a.result FROM organization_attempt a WHERE a.run_number = $1 ORDER BY a.number DESC LIMIT 1) AS directory_result
FROM run r
WHERE r.run_number = $1
