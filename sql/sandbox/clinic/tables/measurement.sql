-- One row per vital sign or laboratory value of a visit.
CREATE TABLE clinic.measurement (
  visit_id bigint NOT NULL,
  loinc_code text NOT NULL,
  measured_at timestamp NOT NULL,
  value numeric NOT NULL
)
