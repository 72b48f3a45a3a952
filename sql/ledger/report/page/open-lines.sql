-- The first lines of open-actions.csv, and how many there are in all. The report's own query takes the place of `open_actions`,
-- so that page and CSV cannot disagree. Every sort of line has its first one here; then come those for people, the new ones
-- first. Lines are counted by their sort, and only the first of each sort put in order: a first load has millions, of few sorts.
-- $1: run number. $2: how many lines. One row per line.
WITH line AS MATERIALIZED (
  SELECT
    entity, entity_id, patient_id, kind, reason, needs, is_new, what_to_do, open_since, event_type, http_status,
    redox_log_id, detail
  FROM open_actions
),
sort AS (
  SELECT
    needs, kind, reason, event_type, what_to_do,
    sum(count(*)) OVER ()::bigint AS lines,
    (sum(count(*) FILTER (WHERE needs = 'person')) OVER ())::bigint AS person_lines,
    (sum(count(*) FILTER (WHERE needs = 'person' AND is_new)) OVER ())::bigint AS new_person_lines,
    count(*) AS sort_lines,
    count(*) FILTER (WHERE is_new) AS sort_new_lines,
    min(open_since) AS sort_open_since
  FROM line
  GROUP BY needs, kind, reason, event_type, what_to_do
)
SELECT
  first.*, sort.lines, sort.person_lines, sort.new_person_lines, sort.sort_lines, sort.sort_new_lines, sort.sort_open_since
FROM sort
CROSS JOIN LATERAL (
  SELECT line.*, row_number() OVER (ORDER BY line.is_new DESC, line.entity, line.entity_id) AS place
  FROM line
  WHERE line.needs = sort.needs
    AND line.kind = sort.kind
    AND line.reason IS NOT DISTINCT FROM sort.reason
    AND line.event_type IS NOT DISTINCT FROM sort.event_type
    AND line.what_to_do = sort.what_to_do
  ORDER BY line.is_new DESC, line.entity, line.entity_id
  LIMIT $2
) AS first
ORDER BY
  first.place > 1, first.needs DESC, first.is_new DESC, first.kind, first.reason, first.event_type, first.entity, first.entity_id
LIMIT $2
