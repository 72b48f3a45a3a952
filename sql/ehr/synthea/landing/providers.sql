-- Synthea's providers.csv. Columns that no query reads are not declared.
-- One row per clinician. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE providers (
  id text NOT NULL,
  name text
)
