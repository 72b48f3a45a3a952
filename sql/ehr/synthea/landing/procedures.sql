-- Synthea's procedures.csv. Older exports have DATE for START and STOP, COST for BASE_COST, and lack SYSTEM.
-- One row per procedure. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE procedures (
  start text,
  stop text,
  date text,
  patient text,
  encounter text NOT NULL,
  system text,
  code text,
  description text,
  base_cost text,
  cost text,
  reasoncode text,
  reasondescription text
)
