-- `apply`: takes over the plan of a `--plan-only` run after a person has read it, and withdraws calls that the EHR or the
-- ledger has overtaken.

-- name: find_plan
-- The run with the plan to apply, and the newest run that has overtaken it: a later run that planned calls or compared
-- every row, one that marked rows as synced, or one with a new target.
-- $1: run id.
-- One row, or none.
SELECT
  p.run_number, p.mode, p.plan_only, p.status, p.builder_version, p.refusal, p.planned_shape,
  p.pruned_at IS NOT NULL AS is_pruned,
  (SELECT a.run_id FROM run a WHERE a.applied_run = p.run_number) AS applied_by,
  (
    SELECT n.run_id
    FROM run n
    WHERE n.run_number > p.run_number
      AND (
        (n.counts IS NOT NULL AND n.mode = 'sweep')
        OR n.job IN ('baseline', 'acknowledge', 'settle')
        OR n.options @> '{"newTarget": true}'
        OR EXISTS (SELECT FROM call c WHERE c.run_number = n.run_number)
      )
    ORDER BY n.run_number DESC
    LIMIT 1
  ) AS overtaken_by
FROM run p
WHERE p.run_id = $1;

-- name: take_over_calls
-- Copies the calls of a plan-only run to this run; from now on they are owed. The originals stay unchanged for that run's
-- reports.
-- $1: this run. $2: the run that planned.
INSERT INTO call (
  run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  scanned_fingerprint, open_since, reason, found_kind, found_detail, row_updated_at
)
SELECT
  $1, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  scanned_fingerprint, open_since, reason, found_kind, found_detail, row_updated_at
FROM call
WHERE run_number = $2
ORDER BY call_id;

-- name: take_over_discrepancies
-- Copies the discrepancies without a call of a plan-only run into this run's reports. Invalid messages are left out, because building
-- the message finds them again.
-- $1: this run. $2: the run that planned.
INSERT INTO discrepancy (
  run_number, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates
)
SELECT $1, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates
FROM discrepancy
WHERE run_number = $2
  AND NOT (
    kind = 'invalid'
    AND EXISTS (SELECT FROM call c WHERE c.run_number = $2 AND c.entity = discrepancy.entity AND c.entity_id = discrepancy.entity_id)
  )
ORDER BY discrepancy_id;

-- name: take_over_data_quality
-- Copies the unreadable lines that a plan-only run found into this run's reports. Findings in values are left out,
-- because building the messages finds them again.
-- $1: this run. $2: the run that planned.
INSERT INTO data_quality (run_number, entity, entity_id, patient_id, kind, column_name, line)
SELECT $1, entity, entity_id, patient_id, kind, column_name, line
FROM data_quality
WHERE run_number = $2 AND entity = 'file'
ORDER BY data_quality_id;

-- name: take_over_run
-- Copies the mode, the figures and the planned watermark of a plan-only run.
-- $1: this run. $2: the run that planned.
-- One row: the watermark, or null.
UPDATE run a
SET
  applied_run = p.run_number,
  mode = p.mode,
  counts = p.counts,
  waiting = p.waiting,
  builder_version = p.builder_version,
  change_counts = p.change_counts,
  watermark_to = p.planned_watermark
FROM run p
WHERE a.run_number = $1 AND p.run_number = $2
RETURNING a.watermark_to;

-- name: supersede_overtaken_calls
-- Supersedes calls that the EHR's merges no longer need: a merge that was undone or re-pointed, a patient who was retired
-- since, a visit or summary that now belongs to another patient. All of them stay open.
-- $1: this run.
UPDATE call c
SET state = 'superseded', reason = 'row_changed', finished_at = now()
WHERE c.run_number = $1
  AND c.state = 'planned'
  AND CASE c.entity
    WHEN 'merge' THEN NOT EXISTS (
      SELECT FROM stage_retired r WHERE r.patient_id = c.entity_id AND r.survivor_id = c.patient_id
    )
    WHEN 'patient' THEN EXISTS (
      -- A patient to be merged may first be sent once more, by a call of the same plan.
      SELECT FROM stage_retired r
      WHERE r.patient_id = c.entity_id
        AND NOT EXISTS (
          SELECT FROM call m
          WHERE m.run_number = $1 AND m.entity = 'merge' AND m.entity_id = c.entity_id AND m.patient_id = r.survivor_id
        )
    )
    WHEN 'summary' THEN c.patient_id IS DISTINCT FROM (
      SELECT CASE WHEN count(*) = 0 THEN c.entity_id ELSE min(r.survivor_id) END
      FROM stage_retired r
      WHERE r.patient_id = c.entity_id
    )
    ELSE c.patient_id IS DISTINCT FROM (
      SELECT CASE WHEN count(*) = 0 THEN c.row_patient_id ELSE min(r.survivor_id) END
      FROM stage_retired r
      WHERE r.patient_id = c.row_patient_id
    )
  END;

-- name: supersede_held_calls
-- Supersedes calls of rows on hold, if UNKNOWN_OUTCOME has become `hold` since the plan. The row's unknown call stays
-- open instead.
-- $1: this run.
UPDATE call c
SET state = 'superseded', reason = 'on_hold', finished_at = now(), is_open = false
WHERE c.run_number = $1
  AND c.state = 'planned'
  AND NOT c.forced
  AND EXISTS (
    SELECT FROM call u
    WHERE u.is_open
      AND u.state = 'unknown'
      AND u.run_number < $1
      AND u.entity = c.entity
      AND u.entity_id = c.entity_id
  );

-- name: close_calls_of_plan
-- Closes the open calls of earlier runs that the plan would have taken over when it was made: those of every row after a
-- full sweep, otherwise those of rows with a planned call. Calls of rows on hold stay open.
-- $1: this run. $2: true if its plan compared every row.
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
WHERE c.is_open
  AND c.state <> 'sending'
  AND c.run_number <> $1
  AND NOT EXISTS (
    SELECT FROM discrepancy d
    WHERE d.run_number = $1
      AND d.kind = 'held'
      AND d.entity_id = c.entity_id
      AND (d.entity = c.entity OR (d.entity = 'merge' AND c.entity = 'patient'))
  )
  AND NOT EXISTS (
    SELECT FROM call own
    WHERE own.run_number = $1 AND own.reason = 'on_hold' AND own.entity = c.entity AND own.entity_id = c.entity_id
  )
  AND (
    $2
    OR EXISTS (
      SELECT FROM call own
      WHERE own.is_open AND own.run_number = $1 AND own.entity = c.entity AND own.entity_id = c.entity_id
    )
  );

-- name: read_calls_with_content
-- The planned calls of a run with content besides their row, and what the ledger holds of it.
-- $1: run. $2: entity.
-- One row per call.
SELECT
  c.call_id,
  CASE c.entity WHEN 'summary' THEN c.patient_id ELSE c.entity_id END AS entity_id,
  coalesce(p.section_rows, e.section_rows, s.section_rows) AS section_rows,
  coalesce(p.section_digests, e.section_digests, s.section_digests) AS section_digests
FROM call c
LEFT JOIN patient p ON c.entity = 'patient' AND p.patient_id = c.entity_id
LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id AND s.content_of = c.patient_id
WHERE c.run_number = $1 AND c.entity = $2 AND c.state = 'planned' AND c.event_type <> 'PatientMerge' AND c.mrn IS NULL;

-- name: supersede_unread_calls
-- Supersedes calls with content that an unreadable line may hold. They stay open. $1: calls.
UPDATE call SET state = 'superseded', reason = 'row_changed', finished_at = now() WHERE call_id = ANY ($1::bigint[]);
