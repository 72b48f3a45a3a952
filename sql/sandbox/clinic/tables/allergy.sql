-- One row per allergy that was charted at a visit.
CREATE TABLE clinic.allergy (
  visit_id bigint NOT NULL,
  allergen_id integer NOT NULL
)
