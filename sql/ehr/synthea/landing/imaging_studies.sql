-- Synthea's imaging_studies.csv. Older exports lack the unique ids of series and instance and PROCEDURE_CODE; where they
-- stand, ID repeats.
-- One row per image. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE imaging_studies (
  id text,
  date text,
  patient text,
  encounter text NOT NULL,
  series_uid text,
  bodysite_code text,
  bodysite_description text,
  modality_code text,
  modality_description text,
  instance_uid text,
  sop_code text,
  sop_description text,
  procedure_code text
)
