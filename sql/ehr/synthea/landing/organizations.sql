-- Synthea's organizations.csv; old exports have none, then the table stays empty. Columns that no query reads are not declared.
-- One row per place of care. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE organizations (
  id text NOT NULL,
  name text
)
