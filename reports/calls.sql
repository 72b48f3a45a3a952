-- calls.csv: the calls that the run planned, and their results, person by person, in sending order. sending_at shows the order
-- between persons.
-- One row per call. $1: run number.
SELECT
  r.run_id,
  c.entity,
  c.entity_id,
  c.patient_id,
  c.kind,
  c.event_type,
  -- The reason of a call that was never started comes from a later plan.
  CASE WHEN r.plan_only THEN 'plan_only' WHEN c.kind <> 'not_started' THEN c.reason END AS reason,
  c.http_status,
  c.attempts,
  c.redox_log_id,
  c.open_since,
  c.sending_at,
  CASE WHEN c.kind <> 'not_started' THEN c.finished_at END AS finished_at,
  c.lane AS person,
  c.forced,
  c.log_status
FROM (SELECT *, call_kind(state, reason) AS kind FROM call) AS c
JOIN run r ON r.run_number = c.run_number
WHERE c.run_number = $1
ORDER BY c.lane, c.position, c.call_id
