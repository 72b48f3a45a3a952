-- The reports of one run: its summary, its CSV files, and the lines that wait for a person. Where a statement reads `open_actions`, the
-- query of that report is put in its place.

-- name: read_run_summary
-- A run as its summary tells it. $1: run number. One row.
SELECT
  run_id, job, mode, status, started_at, finished_at, exit_code, watermark_from, watermark_to, counts,
  (SELECT count(*) FROM discrepancy d WHERE d.run_number = $1 AND d.kind = 'silent_change') AS missed,
  message.checked,
  message.objected
FROM run
CROSS JOIN LATERAL (
  -- What was sent had been looked at.
  SELECT
    count(*) FILTER (WHERE c.sending_at IS NOT NULL OR c.reason IN ('invalid_message', 'too_large')) AS checked,
    count(*) FILTER (WHERE c.reason IN ('invalid_message', 'too_large')) AS objected
  FROM call c
  WHERE c.run_number = run.run_number
) message
WHERE run_number = $1;

-- name: count_calls
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
GROUP BY event_type;

-- name: count_planned_by_event
-- What a plan would tell Redox, by why. $1: run number. One row per event type that was planned.
SELECT
  c.event_type,
  count(*)::integer AS calls,
  count(*) FILTER (WHERE d.is_new)::integer AS new,
  count(*) FILTER (WHERE d.is_changed AND NOT d.is_new)::integer AS changed
FROM call c
CROSS JOIN LATERAL (
  SELECT
    coalesce(bool_or(kind = 'new'), false) AS is_new,
    coalesce(bool_or(kind IN ('changed', 'silent_change')), false) AS is_changed
  FROM discrepancy
  WHERE run_number = $1 AND entity = c.entity AND entity_id = c.entity_id
) AS d
WHERE c.run_number = $1
GROUP BY c.event_type;

-- name: count_person_lines
-- How many lines of open-actions.csv need a person. The report's own query takes the place of `open_actions`, so that what is counted is
-- what people read. $1: run number. One row.
SELECT
  count(*) AS lines,
  count(*) FILTER (WHERE is_new) AS new_lines
FROM open_actions
WHERE needs = 'person';

-- name: count_known_since
-- Since when the oldest of the lines has been known that need a person and are not new. A call says since when it has been owed; of
-- other lines, the first sweep counts that found them. The report's own query takes the place of `open_actions`. Where there are very
-- many lines, some of them speak for all. $1: run number. One row: the time, or null where no line is known from before.
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
-- Lines that need a person as things stand: those of the newest run that looked at every row, and those that runs since have added;
-- without what a person has settled since, or Redox has taken. The report's own query takes the place of `open_actions`, for each of
-- these runs. Plans that were not sent say nothing here. Takes no parameters. One row: the lines, those that were new in their run, and
-- the run that looked at every row (null where none has).
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

-- name: set_reported_run
-- Says which run `copy_report` is of, for the rest of the session. $1: run number, as text. One row.
SELECT set_config('redox_reconcile.run_number', $1, false);

-- name: copy_report
-- A report as its CSV: the report's own query, each of its columns as `csv_field` writes it. COPY takes no parameters, so the run
-- stands in a setting (`set_reported_run`).
-- {fields}: the report's columns. {query}: reports/<name>.sql, with the setting for $1. Gives lines that end with LF.
COPY (
SELECT {fields}
FROM (
{query}
) AS report
) TO STDOUT (FORMAT csv, HEADER);
