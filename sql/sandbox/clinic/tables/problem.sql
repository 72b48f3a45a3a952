-- One row per diagnosis that was made or confirmed at a visit.
CREATE TABLE clinic.problem (
  visit_id bigint NOT NULL,
  icd_code text NOT NULL,
  began_on date NOT NULL
)
