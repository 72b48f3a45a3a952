-- Synthea's encounters.csv. Older exports lack ORGANIZATION and PAYER, there PROVIDER is the organization, and have one
-- COST in place of three.
-- One row per encounter. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE encounters (
  id text NOT NULL,
  start text,
  stop text,
  patient text NOT NULL,
  organization text,
  provider text,
  payer text,
  encounterclass text,
  code text,
  description text,
  base_encounter_cost text,
  total_claim_cost text,
  payer_coverage text,
  cost text,
  reasoncode text,
  reasondescription text
)
