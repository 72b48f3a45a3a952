-- One row per visit. No foreign keys: as in many an EHR, a person can be deleted and leave their visits.
CREATE TABLE clinic.visit (
  visit_id bigint PRIMARY KEY,
  person_id bigint NOT NULL,
  department_id integer NOT NULL,
  practitioner_id bigint,
  state text NOT NULL CHECK (state IN ('SCHED', 'ARRIVED', 'DONE', 'CANCEL', 'NOSHOW')),
  began_at timestamp NOT NULL,
  ended_at timestamp,
  billing_code text,
  billing_name text,
  complaint_code text,
  complaint_name text,
  disposition_code text,
  note_version integer NOT NULL,
  changed_at timestamptz NOT NULL
)
