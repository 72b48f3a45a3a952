-- People who are registered twice, which the tax number gives away; the newer registration is the one to retire.
-- $1 how many. One row per pair: retired, surviving.
SELECT newer.person_id::text AS retired, older.person_id::text AS surviving
FROM clinic.person AS newer
JOIN clinic.person AS older
  ON older.tax_number = newer.tax_number AND older.born_on = newer.born_on AND older.person_id < newer.person_id
WHERE NOT EXISTS (
  SELECT FROM clinic.merge_log AS merge
  WHERE merge.undone_at IS NULL AND merge.retired_person_id IN (newer.person_id, older.person_id)
)
ORDER BY newer.person_id
LIMIT $1::integer
