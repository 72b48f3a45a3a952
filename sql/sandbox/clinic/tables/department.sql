-- One row per department of a facility. `visit_kind` is what is done there.
CREATE TABLE clinic.department (
  department_id integer PRIMARY KEY,
  facility_code text NOT NULL REFERENCES clinic.facility,
  name text NOT NULL,
  visit_kind text NOT NULL CHECK (visit_kind IN ('OV', 'IP', 'ED', 'TV', 'HH', 'LAB'))
)
