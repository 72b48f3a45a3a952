-- Statements of delivery: the used rate, the POSTs possibly in flight, the suspects of a crash, and the planned calls
-- page by page with the ledger's facts of their rows.

-- name: read_recent_attempts
-- The ages of the calls in the rate limit's window, those of audits and of the Platform API included, by the ledger's clock. An attempt is recorded after its end, and
-- counts from then (decision 17). A call interrupted in `sending` counts for all its tries, from its recovery.
-- $1: the window in milliseconds. $2: tries per call.
-- One row per POST, the oldest first.
WITH recent AS (
  SELECT recorded_at AS at FROM attempt WHERE recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT recorded_at FROM organization_attempt WHERE recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT recorded_at FROM platform_query WHERE recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT q.recorded_at
  FROM audit_query q, generate_series(1, q.queries) AS query
  WHERE q.recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT c.finished_at
  FROM call c, generate_series(1, $2) AS try
  WHERE c.sending_at IS NOT NULL AND c.attempts = 0 AND c.finished_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT r.finished_at
  FROM organization o
  JOIN run r ON r.run_number = o.last_run, generate_series(1, $2) AS try
  WHERE o.last_reason = 'interrupted' AND r.finished_at > now() - $1 * interval '1 millisecond'
)
SELECT extract(epoch FROM now() - at)::double precision * 1000 AS age_ms FROM recent ORDER BY at;

-- name: read_in_flight_time
-- The time for which an interrupted run may still have a POST in flight, by the ledger's clock; 0 if none can be.
-- One row.
SELECT greatest(0, extract(epoch FROM max(ends_at) - clock_timestamp()) * 1000)::double precision AS left_ms FROM in_flight;

-- name: find_in_flight_lanes
-- The lanes of a run with a patient or visit that may have a POST in flight from an interrupted run. $1: run.
-- One row per lane.
WITH patients AS (
  SELECT entity_id FROM in_flight WHERE entity = 'patient' AND ends_at > clock_timestamp()
),
visits AS (
  SELECT entity_id FROM in_flight WHERE entity = 'encounter' AND ends_at > clock_timestamp()
)
SELECT DISTINCT lane
FROM call
WHERE run_number = $1
  AND state = 'planned'
  AND (
    lane IN (SELECT entity_id FROM patients)
    OR patient_id IN (SELECT entity_id FROM patients)
    OR row_patient_id IN (SELECT entity_id FROM patients)
    OR entity <> 'encounter' AND entity_id IN (SELECT entity_id FROM patients)
    OR entity = 'encounter' AND entity_id IN (SELECT entity_id FROM visits)
  );

-- name: next_calls
-- The next page of planned calls, lane by lane in the order of rank.
-- $1: run. $2 to $5: rank, lane, position and id of the last call of the page before, or null. $6: page size. $7: lanes.
-- $8: true for calls of these lanes, false for all others.
-- One row per call.
SELECT
  call_id, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, reason,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM planned_calls_after($1, $2, $3, $4, $5, $7, $8, $6)
ORDER BY rank, lane, position, call_id;

-- name: read_patient_facts
-- The ledger's facts of patients. $1: patient ids.
-- One row per known patient.
SELECT
  patient_id, presence, mrn, former_mrns, merged_into, sent_death, resent_after IS NOT NULL AS is_sent_again,
  replace(message_fingerprint::text, '-', '') AS message_fingerprint,
  encode(group_fingerprints, 'hex') AS group_fingerprints
FROM patient
WHERE patient_id = ANY ($1::text[]);

-- name: read_encounter_facts
-- The ledger's facts of visits. $1: encounter ids.
-- One row per known visit.
SELECT
  encounter_id, presence, patient_id, filed_under, document_version, resent_after IS NOT NULL AS is_sent_again,
  replace(message_fingerprint::text, '-', '') AS message_fingerprint,
  encode(group_fingerprints, 'hex') AS group_fingerprints
FROM encounter
WHERE encounter_id = ANY ($1::text[]);

-- name: note_page
-- Records the persons with calls that the run may be fetching or building, in place of the page before. $1: run. $2:
-- their lanes.
WITH through AS (
  DELETE FROM suspect WHERE run_number = $1 AND patient_id <> ALL ($2::text[])
)
INSERT INTO suspect (patient_id, run_number)
SELECT DISTINCT unnest($2::text[]), $1::integer
ON CONFLICT (patient_id) DO NOTHING;

-- name: find_suspects
-- The persons of a run with calls that may have crashed an earlier run, in sending order: a person who was alone at a
-- crash comes last.
-- $1: run.
-- One row per lane, with its suspects.
SELECT c.lane, array_agg(DISTINCT s.patient_id) AS patient_ids
FROM call c
CROSS JOIN LATERAL (VALUES (c.lane), (c.patient_id), (c.row_patient_id)) AS named (patient_id)
JOIN suspect s ON s.patient_id = named.patient_id
WHERE c.run_number = $1 AND c.state = 'planned' AND EXISTS (SELECT FROM suspect)
GROUP BY c.lane
ORDER BY max(s.times_alone), min(c.rank), c.lane;

-- name: begin_alone
-- Records that the calls of a suspect are sent alone. $1: its patients.
UPDATE suspect SET times_alone = times_alone + 1 WHERE patient_id = ANY ($1::text[]);

-- name: clear_suspect
-- Deletes a suspect after its calls have ended. $1: its patients.
DELETE FROM suspect WHERE patient_id = ANY ($1::text[]);

-- name: end_pages
-- Deletes the persons recorded by a finished run. $1: run. $2: true if it sent everything that is due; the suspects of
-- earlier runs are then deleted too.
DELETE FROM suspect WHERE run_number = $1 OR $2;
