-- Keeps the POSTs of a run's call about an organisation. $1: run. $2: OID. $3: the attempts as JSON. Gives nothing.
INSERT INTO organization_attempt
  (run_number, oid, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id)
SELECT $1, $2, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id
FROM jsonb_to_recordset($3::jsonb) AS a (
  number smallint, started_at timestamptz, finished_at timestamptz, result text, http_status smallint, reason text,
  detail text, redox_log_id text
)
