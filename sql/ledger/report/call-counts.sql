-- What became of a run's calls. $1: run number. One row per event type that was planned.
SELECT
  event_type,
  count(*) AS planned,
  count(*) FILTER (WHERE kind = 'accepted') AS accepted,
  count(*) FILTER (WHERE kind = 'unneeded') AS unneeded,
  count(*) FILTER (WHERE kind = 'superseded') AS superseded,
  count(*) FILTER (WHERE kind = 'rejected') AS rejected,
  count(*) FILTER (WHERE kind = 'failed') AS failed,
  count(*) FILTER (WHERE kind = 'unknown') AS unknown,
  count(*) FILTER (WHERE kind = 'blocked') AS blocked,
  count(*) FILTER (WHERE kind = 'not_started') AS not_started
FROM (SELECT event_type, call_kind(state, reason) AS kind FROM call WHERE run_number = $1) AS c
GROUP BY event_type
