-- One row per product that was prescribed at a visit.
CREATE TABLE clinic.prescription (
  visit_id bigint NOT NULL,
  rxnorm_code text NOT NULL,
  icd_code text NOT NULL,
  starts_on date NOT NULL
)
