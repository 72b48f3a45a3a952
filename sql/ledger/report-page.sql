-- What `report.html` shows of one run, section by section.

-- name: read_page_run
-- Facts of a run that its summary lacks. $1: run number.
-- One row.
SELECT
  r.plan_only,
  r.failure,
  r.refusal,
  r.site_time_zone,
  -- By the contract as last planned; null before the first plan.
  (
    SELECT s.queries -> 'patients.sql' ? 'updated_at' OR s.queries -> 'encounters.sql' ? 'updated_at'
    FROM contract_shape s
  ) AS has_updated_at,
  -- A run makes at most one organisation call; the result of its last POST is the call's result.
  (SELECT a.result FROM organization_attempt a WHERE a.run_number = $1 ORDER BY a.number DESC LIMIT 1) AS directory_result
FROM run r
WHERE r.run_number = $1;

-- name: read_open_lines
-- The first lines of open-actions.csv, and the counts of all lines. The report's own query replaces `open_actions`, so
-- that page and CSV agree. The first line of each sort comes first; then lines for a person before the others, new ones
-- first. Lines are counted by sort, and only the first of each sort are ordered: a first load has millions of lines of
-- few sorts.
-- $1: run number. $2: number of lines.
-- One row per line.
WITH line AS MATERIALIZED (
  SELECT
    entity, entity_id, patient_id, kind, reason, needs, is_new, what_to_do, open_since, event_type, redox_log_id, detail
  FROM open_actions
),
sort AS (
  SELECT
    needs, kind, reason, event_type, what_to_do,
    sum(count(*)) OVER ()::bigint AS lines,
    (sum(count(*) FILTER (WHERE needs = 'person')) OVER ())::bigint AS person_lines,
    (sum(count(*) FILTER (WHERE needs = 'person' AND is_new)) OVER ())::bigint AS new_person_lines,
    count(*) AS sort_lines,
    count(*) FILTER (WHERE is_new) AS sort_new_lines,
    min(open_since) AS sort_open_since
  FROM line
  GROUP BY needs, kind, reason, event_type, what_to_do
)
SELECT
  first.entity, first.entity_id, first.patient_id, first.kind, first.reason, first.needs, first.is_new, first.what_to_do, first.open_since,
  first.event_type, first.redox_log_id, first.detail,
  sort.lines, sort.person_lines, sort.new_person_lines, sort.sort_lines, sort.sort_new_lines, sort.sort_open_since
FROM sort
CROSS JOIN LATERAL (
  SELECT line.*, row_number() OVER (ORDER BY line.is_new DESC, line.entity, line.entity_id) AS place
  FROM line
  WHERE line.needs = sort.needs
    AND line.kind = sort.kind
    AND line.reason IS NOT DISTINCT FROM sort.reason
    AND line.event_type IS NOT DISTINCT FROM sort.event_type
    AND line.what_to_do = sort.what_to_do
  ORDER BY line.is_new DESC, line.entity, line.entity_id
  LIMIT $2
) AS first
ORDER BY
  first.place > 1, first.needs DESC, first.is_new DESC, first.kind, first.reason, first.event_type, first.entity, first.entity_id
LIMIT $2;

-- name: read_planned
-- Facts for the warnings of a plan: the patients it would send, those that others could not find by name, birth date and
-- ZIP, and whether a visit was ever pushed. $1: run number.
-- One row.
WITH planned AS (
  SELECT DISTINCT entity_id
  FROM call
  WHERE run_number = $1 AND event_type IN ('NewPatient', 'PatientUpdate')
)
SELECT
  (SELECT count(*) FROM planned) AS patients,
  (
    SELECT count(*)
    FROM planned p
    WHERE EXISTS (
      SELECT FROM data_quality q
      WHERE q.run_number = $1
        AND q.entity = 'patient'
        AND q.entity_id = p.entity_id
        AND q.kind IN (
          'missing_match_key', 'malformed_match_key', 'placeholder_match_key', 'digit_match_key', 'filler_match_key'
        )
        AND q.column_name IN ('first_name', 'last_name', 'birth_date', 'zip')
    )
  ) AS unfindable,
  EXISTS (SELECT FROM encounter) AS has_pushed;

-- name: count_found
-- Counts the discrepancies. $1: run number.
-- One row per entity and kind of discrepancy.
SELECT entity, kind, count(*) AS discrepancies
FROM difference
WHERE run_number = $1
GROUP BY entity, kind
ORDER BY array_position(ARRAY['patient', 'merge', 'encounter', 'summary'], entity), discrepancies DESC, kind;

-- name: count_changed_groups
-- Counts the changed field groups; a row counts once in each of its groups. $1: run number.
-- One row per entity and field group.
SELECT c.entity, g.field_group, count(*) AS changed
FROM call c
CROSS JOIN unnest(c.changed_groups) AS g (field_group)
WHERE c.run_number = $1
GROUP BY c.entity, g.field_group
ORDER BY array_position(ARRAY['patient', 'merge', 'encounter', 'summary'], c.entity), changed DESC, g.field_group;

-- name: read_posts
-- How fast a run's POSTs were sent and answered, in at most fifty spans of a round length.
-- $1: run number.
-- One row per span in which a POST began, and one for the whole run with a null `began_at`.
WITH post AS MATERIALIZED (
  SELECT a.started_at, extract(epoch FROM a.finished_at - a.started_at) * 1000 AS ms
  FROM call c
  JOIN attempt a ON a.call_id = c.call_id
  WHERE c.run_number = $1
),
run_span AS (
  SELECT extract(epoch FROM max(started_at) - min(started_at)) AS seconds FROM post
),
span AS (
  SELECT coalesce(min(length) FILTER (WHERE s.seconds / length < 49), 86400) AS seconds
  FROM run_span s
  CROSS JOIN unnest(ARRAY[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800]) AS length
),
placed AS (
  SELECT
    to_timestamp(floor(extract(epoch FROM p.started_at) / s.seconds) * s.seconds) AS began_at,
    p.ms,
    s.seconds
  FROM post p
  CROSS JOIN span s
)
SELECT
  began_at,
  max(seconds)::integer AS seconds,
  count(*) AS posts,
  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::integer AS median_ms,
  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms))::integer AS p95_ms,
  round(max(ms))::integer AS longest_ms
FROM placed
GROUP BY GROUPING SETS ((began_at), ())
HAVING count(*) > 0
ORDER BY began_at;

-- name: read_nights
-- The nights up to a run, newest first, including applied plans of nights. Their figures were stored when they were
-- closed, so old calls are not read again.
-- $1: run number. $2: number of nights.
-- One row per night.
SELECT mode, status, exit_code, started_at, finished_at, accepted_calls, open_calls, changed_rows, silent_rows
FROM run
WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND NOT plan_only AND run_number <= $1
ORDER BY run_number DESC
LIMIT $2;
