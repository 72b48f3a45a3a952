-- The reports of one run: its summary, its CSV files, and the lines that wait for a person. In each statement that reads
-- `open_actions`, that report's own query replaces the name, so that counts and CSV agree.

-- name: read_run_summary
-- A run's part of its summary. $1: run number.
-- One row.
SELECT
  run_id, job, mode, status, started_at, finished_at, exit_code, watermark_from, watermark_to, counts,
  -- A run that a person has narrowed leaves what waited before.
  CASE
    WHEN mode IN ('sweep', 'changes') THEN waiting
    WHEN counts IS NOT NULL THEN (
      SELECT n.waiting
      FROM run n
      WHERE n.run_number < $1 AND NOT n.plan_only AND n.change_counts IS NOT NULL
      ORDER BY n.run_number DESC
      LIMIT 1
    )
  END AS waiting
FROM run
WHERE run_number = $1;

-- name: count_calls
-- Counts a run's calls by result; the messages that were checked (each that was sent) and objected to; and the changes that updated_at
-- did not show. All in one reading, because a first load has millions of calls. $1: run number.
-- One row per planned event type.
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
  count(*) FILTER (WHERE kind = 'not_started') AS not_started,
  count(*) FILTER (WHERE sending_at IS NOT NULL OR reason IN ('invalid_message', 'too_large')) AS checked,
  count(*) FILTER (WHERE reason IN ('invalid_message', 'too_large')) AS objected,
  count(*) FILTER (WHERE found_kind = 'silent_change') AS missed
FROM (SELECT *, call_kind(state, reason) AS kind FROM call WHERE run_number = $1) AS c
GROUP BY event_type;

-- name: count_planned_by_event
-- Counts the calls of a plan by their cause. $1: run number.
-- One row per planned event type.
SELECT
  event_type,
  count(*)::integer AS calls,
  count(*) FILTER (WHERE cause = 'new')::integer AS new,
  count(*) FILTER (WHERE cause IN ('changed', 'silent_change'))::integer AS changed
FROM (
  SELECT
    c.event_type,
    coalesce(
      c.found_kind,
      -- The row's other call carries the cause of both.
      (
        SELECT CASE WHEN bool_or(o.found_kind = 'new') THEN 'new' WHEN bool_or(o.found_kind IN ('changed', 'silent_change')) THEN 'changed' END
        FROM call o
        WHERE o.run_number = $1 AND o.rank = c.rank AND o.lane = c.lane AND o.entity = c.entity AND o.entity_id = c.entity_id
      )
    ) AS cause
  FROM call c
  WHERE c.run_number = $1
) AS planned
GROUP BY event_type;

-- name: count_person_lines
-- Counts the lines of open-actions.csv that need a person. $1: run number.
-- One row.
SELECT
  count(*) AS lines,
  count(*) FILTER (WHERE is_new) AS new_lines
FROM open_actions
WHERE needs = 'person';

-- name: count_known_since
-- The time since which the oldest line that needs a person and is not new has been known: a call's `open_since`; for
-- other lines, the first sweep that found them. Reads a thousand lines at most.
-- $1: run number.
-- One row: the time, or null if no line is older than the run.
WITH known AS MATERIALIZED (
  SELECT DISTINCT entity, entity_id, kind, open_since
  FROM open_actions
  WHERE needs = 'person' AND NOT is_new
  LIMIT 1000
)
SELECT least(
  (SELECT min(open_since) FROM known),
  (
    SELECT min(b.started_at)
    FROM known k
    JOIN run b ON b.run_number < $1 AND b.mode = 'sweep' AND b.status = 'done' AND NOT b.plan_only
    JOIN discrepancy d ON d.run_number = b.run_number AND d.entity = k.entity AND d.entity_id = k.entity_id AND d.kind = k.kind
    WHERE k.open_since IS NULL
  ),
  (
    SELECT min(b.started_at)
    FROM known k
    JOIN source_file f ON f.run_number < $1 AND f.file = k.entity_id
    JOIN run b ON b.run_number = f.run_number AND b.mode = 'sweep' AND b.status = 'done' AND NOT b.plan_only
    WHERE k.entity = 'file'
      AND (
        (k.kind = 'extract_old' AND f.age IS NOT NULL)
        OR (k.kind = 'lines_left_out' AND EXISTS (SELECT FROM source_gap g WHERE g.run_number = f.run_number AND g.file = f.file))
      )
  )
) AS known_since;

-- name: count_current_lines
-- Counts the lines that need a person now: those of the newest run that compared every row, and those added by later
-- runs; without those that were settled or accepted since. Plans that were not sent are left out.
-- One row: the lines, those that were new in their run, and the run that compared every row (null for none).
WITH night AS (
  SELECT max(run_number) AS run_number
  FROM run
  WHERE mode = 'sweep' AND NOT plan_only AND counts IS NOT NULL AND status <> 'running'
),
looked AS MATERIALIZED (
  SELECT r.run_number
  FROM run r
  CROSS JOIN night n
  WHERE r.run_number >= coalesce(n.run_number, 0) AND NOT r.plan_only AND r.counts IS NOT NULL AND r.status <> 'running'
),
line AS (
  SELECT
    looked.run_number, l.entity, l.entity_id, l.is_new,
    min(looked.run_number) OVER (PARTITION BY l.entity, l.entity_id, l.kind, l.reason) AS first_run
  FROM looked
  CROSS JOIN LATERAL (SELECT * FROM open_actions WHERE needs = 'person') AS l
)
SELECT
  count(l.run_number) AS lines,
  count(l.run_number) FILTER (WHERE l.is_new) AS new_lines,
  (SELECT r.run_number FROM run r JOIN night n USING (run_number)) AS run_number,
  (SELECT r.run_id FROM run r JOIN night n USING (run_number)) AS run_id
FROM line l
WHERE l.run_number = l.first_run
  AND NOT EXISTS (
    SELECT FROM settlement s WHERE s.entity = l.entity AND s.entity_id = l.entity_id AND s.run_number > l.run_number
  )
  AND NOT EXISTS (
    SELECT FROM looked later
    JOIN call c USING (run_number)
    WHERE later.run_number > l.run_number
      AND c.entity = l.entity
      AND c.entity_id = l.entity_id
      AND c.state IN ('accepted', 'unneeded')
  );

-- name: is_newest_sweep
-- Whether the lines of a run are all that there are: it compared every row, and no run came after it. $1: run number.
-- One row.
SELECT
  r.mode = 'sweep' AND NOT r.plan_only AND r.counts IS NOT NULL
  AND NOT EXISTS (SELECT FROM run later WHERE later.run_number > r.run_number) AS is_newest
FROM run r
WHERE r.run_number = $1;

-- name: set_reported_run
-- Sets the run of `copy_report` for the rest of the session. $1: run number, as text.
-- One row.
SELECT set_config('redox_reconcile.run_number', $1, false);

-- name: copy_report
-- A report as CSV: the report's own query, with each column formatted by `csv_field`. COPY takes no parameters, so the
-- run number is a setting (`set_reported_run`). Lines end with LF.
-- {fields}: the report's columns. {query}: reports/<name>.sql, with the setting for $1.
COPY (
SELECT {fields}
FROM (
{query}
) AS report
) TO STDOUT (FORMAT csv, HEADER);
