-- What people at the clinic edit by hand: registrations, then visits. Each gives the id of what it changed,
-- or no row where there is no such person or visit.

-- name: merge_patients
-- Retires a registration in favour of another and moves its visits there.
-- $1 retired, $2 surviving, $3 when, or null for now. One row per moved visit.
WITH merge AS (
  INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at)
  VALUES ($1::bigint, $2::bigint, coalesce($3::timestamptz, now()))
  RETURNING merge_id, retired_person_id, surviving_person_id, merged_at
), moved AS (
  UPDATE clinic.visit
  SET person_id = merge.surviving_person_id, changed_at = merge.merged_at
  FROM merge
  WHERE visit.person_id = merge.retired_person_id
  RETURNING merge.merge_id, visit.visit_id
)
INSERT INTO clinic.merge_moved_visit (merge_id, visit_id)
SELECT merge_id, visit_id FROM moved
RETURNING visit_id::text AS id;

-- name: undo_merge
-- Takes a merge back and moves the visits that it had moved to their first owner.
-- $1 retired, $2 when, or null for now.
WITH undone AS (
  UPDATE clinic.merge_log
  SET undone_at = coalesce($2::timestamptz, now())
  WHERE retired_person_id = $1::bigint AND undone_at IS NULL
  RETURNING merge_id, retired_person_id, undone_at
), moved_back AS (
  UPDATE clinic.visit
  SET person_id = undone.retired_person_id, changed_at = undone.undone_at
  FROM undone
  JOIN clinic.merge_moved_visit AS moved USING (merge_id)
  WHERE visit.visit_id = moved.visit_id
)
SELECT retired_person_id::text AS id FROM undone;

-- name: delete_patient
-- Deletes a person with address and contacts; the visits stay and are orphans.
-- $1 person.
WITH address AS (
  DELETE FROM clinic.person_address WHERE person_id = $1::bigint
), contact AS (
  DELETE FROM clinic.person_contact WHERE person_id = $1::bigint
)
DELETE FROM clinic.person WHERE person_id = $1::bigint RETURNING person_id::text AS id;

-- name: rename_patient
-- Gives a person another family name.
-- $1 person, $2 family name, $3 whether `changed_at` stays as it was, $4 when, or null for now.
UPDATE clinic.person
SET
  family_name = $2::text,
  changed_at = CASE WHEN $3::boolean THEN changed_at ELSE coalesce($4::timestamptz, now()) END
WHERE person_id = $1::bigint
RETURNING person_id::text AS id;

-- name: move_patient
-- Gives a person another address.
-- $1 person, $2 street, $3 city, $4 state, $5 postal code, $6 county, $7 country, $8 when, or null for now.
INSERT INTO clinic.person_address (
  person_id, street, city, state_code, postal_code, county, country_code, changed_at
)
VALUES ($1::bigint, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, now()))
ON CONFLICT (person_id) DO UPDATE
SET
  street = excluded.street,
  city = excluded.city,
  state_code = excluded.state_code,
  postal_code = excluded.postal_code,
  county = excluded.county,
  country_code = excluded.country_code,
  changed_at = excluded.changed_at
RETURNING person_id::text AS id;

-- name: change_phone
-- Gives a person another mobile phone.
-- $1 person, $2 number as the desk typed it, $3 when, or null for now.
INSERT INTO clinic.person_contact (person_id, kind, value, changed_at)
VALUES ($1::bigint, 'CELL', $2::text, coalesce($3::timestamptz, now()))
ON CONFLICT (person_id, kind) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
RETURNING person_id::text AS id;

-- name: record_death
-- $1 person, $2 time of death on the wall, $3 when it was entered, or null for now.
UPDATE clinic.person
SET is_deceased = true, died_at = $2::timestamp, changed_at = coalesce($3::timestamptz, now())
WHERE person_id = $1::bigint
RETURNING person_id::text AS id;

-- name: cancel_visit
-- Cancels a visit in any state.
-- $1 visit, $2 when, or null for now.
UPDATE clinic.visit
SET state = 'CANCEL', changed_at = coalesce($2::timestamptz, now())
WHERE visit_id = $1::bigint
RETURNING visit_id::text AS id;

-- name: move_visit
-- Moves a visit to another person: it was charted on the wrong one.
-- $1 visit, $2 its right person, $3 when, or null for now.
UPDATE clinic.visit
SET person_id = $2::bigint, changed_at = coalesce($3::timestamptz, now())
WHERE visit_id = $1::bigint
RETURNING visit_id::text AS id;

-- name: amend_visit
-- The clinical note of a visit is amended; nothing else of it changes.
-- $1 visit, $2 when, or null for now.
UPDATE clinic.visit
SET note_version = note_version + 1, changed_at = coalesce($2::timestamptz, now())
WHERE visit_id = $1::bigint
RETURNING visit_id::text AS id;

-- name: record_measurement
-- Corrects a value that was measured at a visit, or adds one that was forgotten.
-- $1 visit, $2 test (LOINC), $3 value, $4 when, or null for now.
WITH amended AS (
  UPDATE clinic.visit
  SET note_version = note_version + 1, changed_at = coalesce($4::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id, began_at
), recorded AS (
  INSERT INTO clinic.measurement (visit_id, loinc_code, measured_at, value)
  SELECT visit_id, $2::text, began_at + interval '5 minutes', $3::numeric FROM amended
  ON CONFLICT (visit_id, loinc_code) DO UPDATE SET value = excluded.value
)
SELECT visit_id::text AS id FROM amended;

-- name: discharge_visit
-- Ends an inpatient stay.
-- $1 visit, $2 time on the wall, $3 disposition (UB-04 patient status), $4 when it was entered, or null for now.
UPDATE clinic.visit
SET
  state = 'DONE',
  ended_at = $2::timestamp,
  disposition_code = $3::text,
  note_version = note_version + 1,
  changed_at = coalesce($4::timestamptz, now())
WHERE visit_id = $1::bigint
RETURNING visit_id::text AS id;

-- name: end_before_start
-- A slip of the keyboard: the visit ends the day before it began. A strict receiver refuses such a document.
-- $1 visit, $2 when, or null for now.
UPDATE clinic.visit
SET ended_at = began_at - interval '1 day', changed_at = coalesce($2::timestamptz, now())
WHERE visit_id = $1::bigint
RETURNING visit_id::text AS id;
