-- A run whose plan may be applied, and what speaks against it. A plan is overtaken by a later one that planned anything or looked
-- at every row, by what was taken as told since, and by a new target.
-- $1: run id. One row, or none.
SELECT
  p.run_number, p.job, p.mode, p.plan_only, p.status, p.builder_version, p.refusal, p.planned_shape,
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
WHERE p.run_id = $1
