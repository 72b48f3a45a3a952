-- Keeps the attempts of calls. $1: a JSON array of attempts (see src/ledger/recorded-rows.ts). Gives nothing.
INSERT INTO attempt (call_id, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id)
SELECT call_id, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id
FROM jsonb_to_recordset($1::jsonb) AS i (
  call_id bigint,
  number smallint,
  started_at timestamptz,
  finished_at timestamptz,
  result text,
  http_status smallint,
  reason text,
  detail text,
  redox_log_id text
)
