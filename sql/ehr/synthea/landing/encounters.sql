-- Synthea's encounters.csv. Older exports lack ORGANIZATION, there PROVIDER is the organization. Columns that no query reads are not declared.
-- One row per encounter. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE encounters (
  id text NOT NULL,
  start text,
  stop text,
  patient text NOT NULL,
  organization text,
  provider text,
  encounterclass text,
  code text,
  description text,
  reasoncode text,
  reasondescription text
)
