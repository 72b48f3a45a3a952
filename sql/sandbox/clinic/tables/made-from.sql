-- What the generator was given, so that a clinic opened again lives on in the same way. No real EHR has this.
-- One row.
CREATE TABLE clinic.made_from (
  seed integer NOT NULL,
  built_on date NOT NULL
)
