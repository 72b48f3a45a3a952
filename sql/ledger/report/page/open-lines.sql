-- The first lines of open-actions.csv, and how many there are in all. The report's own query takes the place of `open_actions`,
-- so that page and CSV cannot disagree. Every sort of line has its first one here; then come those for people, the new ones
-- first. $1: run number. $2: how many lines. One row per line.
SELECT *
FROM (
  SELECT
    entity, entity_id, patient_id, kind, reason, needs, is_new, what_to_do, open_since, event_type, http_status,
    redox_log_id, detail,
    count(*) OVER () AS lines,
    count(*) OVER sort AS sort_lines,
    count(*) FILTER (WHERE is_new) OVER sort AS sort_new_lines,
    min(open_since) OVER sort AS sort_open_since,
    row_number() OVER (
      PARTITION BY needs, kind, reason, event_type, what_to_do
      ORDER BY is_new DESC, entity, entity_id
    ) AS place
  FROM open_actions
  WINDOW sort AS (PARTITION BY needs, kind, reason, event_type, what_to_do)
) AS line
ORDER BY place > 1, needs DESC, is_new DESC, kind, reason, event_type, entity, entity_id
LIMIT $2
