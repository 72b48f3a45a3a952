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
        SELECT max(run_number) FROM run WHERE run_number < $1 AND mode = 'sweep' AND NOT plan_only AND change_counts IS NOT NULL
      )
      AND before.entity = d.entity
      AND before.entity_id = d.entity_id
      AND before.kind = 'gone'
  )
