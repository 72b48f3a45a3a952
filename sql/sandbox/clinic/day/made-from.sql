-- What the clinic was made from, and the highest ids given out so far; those of deleted people count where visits of
-- theirs remain.
-- One row: seed, built_on, last_person_id, last_visit_id; the ids null where there are none.
SELECT
  seed,
  built_on::text AS built_on,
  greatest(
    (SELECT max(person_id) FROM clinic.person), (SELECT max(person_id) FROM clinic.visit)
  )::text AS last_person_id,
  (SELECT max(visit_id) FROM clinic.visit)::text AS last_visit_id
FROM clinic.made_from
