-- Of the rows that this run found gone, those that the last sweep whose plan was sent did not find gone: a row that stays away is
-- found again every night. Asked in the transaction of the plan. $1: this run. One row.
SELECT
  count(*) FILTER (WHERE d.entity = 'patient') AS patient,
  count(*) FILTER (WHERE d.entity = 'encounter') AS encounter
FROM discrepancy d
WHERE d.run_number = $1
  AND d.kind = 'gone'
  AND NOT EXISTS (
    SELECT FROM discrepancy before
    WHERE before.run_number = (
        SELECT max(sweep.run_number)
        FROM run sweep
        WHERE sweep.run_number < $1
          AND sweep.mode = 'sweep'
          AND sweep.change_counts IS NOT NULL
          AND (NOT sweep.plan_only OR EXISTS (SELECT FROM run a WHERE a.applied_run = sweep.run_number))
      )
      AND before.entity = d.entity
      AND before.entity_id = d.entity_id
      AND before.kind = 'gone'
  )
