-- audit.csv, for runs of `audit`: what was read back from Redox and found.
-- One row per patient looked at, and per document of theirs and merge into them that was not found as it was sent. $1: run number.
SELECT
  r.run_id,
  l.entity,
  l.entity_id,
  l.patient_id,
  l.result AS kind,
  l.detail,
  array_to_string(l.differing_groups, ' ') AS differing_groups,
  l.documents
FROM audit_line l
JOIN run r ON r.run_number = l.run_number
WHERE l.run_number = $1
ORDER BY l.patient_id, l.entity DESC, l.entity_id
