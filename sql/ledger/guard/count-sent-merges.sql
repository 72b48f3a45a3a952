-- How many merges Redox was told, but for those that the last run whose plan was sent found undone: of a retired patient who has no
-- row any more that stays so, and a person has vouched for it. Takes no parameters. One row.
SELECT count(*) AS merges
FROM patient l
WHERE l.merged_into IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM discrepancy before
    WHERE before.run_number = (SELECT max(run_number) FROM run WHERE NOT plan_only AND change_counts IS NOT NULL)
      AND before.entity = 'merge'
      AND before.entity_id = l.patient_id
      AND before.kind = 'merge_undone'
  )
