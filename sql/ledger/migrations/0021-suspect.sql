-- Which persons a delivery is at, so that a run after one that died sends them last, one at a time, and everybody else first: see
-- "Why it is safe" in ARCHITECTURE.md.

CREATE TABLE suspect (
  patient_id text COLLATE "C" PRIMARY KEY,
  run_number integer NOT NULL,
  times_alone integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE suspect IS 'One row per person whose calls a run may be fetching or building. Rows of a run that died stay: one of these persons may have ended it, so their calls go last, one person at a time.';
COMMENT ON COLUMN suspect.patient_id IS 'The person, as call.lane has it.';
COMMENT ON COLUMN suspect.run_number IS 'The run that began a page with this person''s calls.';
COMMENT ON COLUMN suspect.times_alone IS 'How often later runs began these calls alone and did not come to their end: the highest goes last.';
