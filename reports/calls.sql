-- calls.csv: what the run planned to tell Redox, and what became of it, in the order in which it goes out.
-- One row per call. $1: run number.
SELECT
  r.run_id,
  c.entity,
  c.entity_id,
  c.patient_id,
  call_kind(c.state, c.reason) AS kind,
  c.event_type,
  c.state,
  c.reason,
  c.http_status,
  c.attempts,
  c.redox_log_id,
  c.open_since,
  c.sending_at,
  c.finished_at,
  c.lane AS person,
  c.forced
FROM call c
JOIN run r ON r.run_number = c.run_number
WHERE c.run_number = $1
ORDER BY c.lane, c.position, c.call_id
