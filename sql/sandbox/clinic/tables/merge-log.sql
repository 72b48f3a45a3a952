-- One row per merge of two registrations; one that was undone stays, with the time when.
CREATE TABLE clinic.merge_log (
  merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  retired_person_id bigint NOT NULL,
  surviving_person_id bigint NOT NULL,
  merged_at timestamptz NOT NULL,
  undone_at timestamptz,
  CHECK (retired_person_id <> surviving_person_id)
)
