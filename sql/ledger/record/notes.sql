-- Keeps what fetching a row showed: which field groups changed. $1: run. $2: a JSON array (see src/ledger/recorded-rows.ts).
-- Gives nothing.
UPDATE discrepancy d
SET changed_groups = i.changed_groups
FROM jsonb_to_recordset($2::jsonb) AS i (entity text, entity_id text, changed_groups text[])
WHERE d.run_number = $1
  AND d.entity = i.entity
  AND d.entity_id = i.entity_id
  AND d.kind IN ('changed', 'silent_change')
