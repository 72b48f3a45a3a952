-- Synthea's payers.csv. Older exports lack OWNERSHIP.
-- One row per insurer. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE payers (
  id text NOT NULL,
  name text,
  ownership text,
  address text,
  city text,
  state_headquartered text,
  zip text,
  phone text,
  amount_covered text,
  amount_uncovered text,
  revenue text,
  covered_encounters text,
  uncovered_encounters text,
  covered_medications text,
  uncovered_medications text,
  covered_procedures text,
  uncovered_procedures text,
  covered_immunizations text,
  uncovered_immunizations text,
  unique_customers text,
  qols_avg text,
  member_months text
)
