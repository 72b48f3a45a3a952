-- Whether Redox was told a merge as the EHR has it is asked by the scan and twice by the plan, of each merge. It is settled once now,
-- and what comes after looks at the others alone.
CREATE UNLOGGED TABLE stage_unsent_merge (
  patient_id text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE stage_unsent_merge IS 'One row per retired patient whose merge Redox was not told as the EHR has it, or cannot be told.';
COMMENT ON COLUMN stage_unsent_merge.patient_id IS 'The retired patient.';
