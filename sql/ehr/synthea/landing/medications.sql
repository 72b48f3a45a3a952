-- Synthea's medications.csv. Older exports have COST for BASE_COST, and lack PAYER and the other costs.
-- One row per prescription. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE medications (
  start text,
  stop text,
  patient text,
  payer text,
  encounter text NOT NULL,
  code text,
  description text,
  base_cost text,
  cost text,
  payer_coverage text,
  dispenses text,
  totalcost text,
  reasoncode text,
  reasondescription text
)
