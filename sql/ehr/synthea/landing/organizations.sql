-- Synthea's organizations.csv; old exports have none, then the table stays empty.
-- One row per place of care. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE organizations (
  id text NOT NULL,
  name text,
  address text,
  city text,
  state text,
  zip text,
  lat text,
  lon text,
  phone text,
  revenue text,
  utilization text
)
