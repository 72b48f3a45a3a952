-- One row per vaccination at a visit.
CREATE TABLE clinic.vaccination (
  visit_id bigint NOT NULL,
  vaccine_id integer NOT NULL,
  given_at timestamp NOT NULL,
  lot_number text NOT NULL
)
