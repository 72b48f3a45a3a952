-- Counts the patient and visit rows that need nothing. The stage is compared. `known`: how many rows of the ledger the staged ones are.
-- Takes no parameters. One row per entity.
SELECT
  entity.name AS entity,
  coalesce(sum(c.not_due), 0)::bigint AS not_due,
  coalesce(sum(c.unchanged), 0)::bigint AS unchanged,
  coalesce(sum(c.known), 0)::bigint AS known
FROM (VALUES ('patient'), ('encounter')) AS entity (name)
LEFT JOIN stage_chunk c ON c.entity = entity.name
GROUP BY entity.name
