-- One row per way to reach a person.
CREATE TABLE clinic.person_contact (
  person_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('HOME', 'WORK', 'CELL', 'MAIL')),
  value text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (person_id, kind)
)
