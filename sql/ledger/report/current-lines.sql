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
  )
