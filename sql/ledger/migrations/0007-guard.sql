-- What the guard goes by from night to night: how much each run was to tell, why a stored plan would have been refused, and the
-- shape of the contract with the EHR.

ALTER TABLE run
  ADD COLUMN change_counts jsonb,
  ADD COLUMN refusal text,
  ADD COLUMN planned_shape jsonb;
COMMENT ON COLUMN run.change_counts IS 'What nightly and intraday found changed, gone, new, merged and un-merged that was not owed or known before; null for other jobs and where no plan was stored.';
COMMENT ON COLUMN run.refusal IS 'Of a plan that was stored and not sent (--plan-only): why the guard refuses to send it. Null where it may be sent, also because a person vouched for it.';
COMMENT ON COLUMN run.planned_shape IS 'Of a plan-only run: the shape of the contract with which it planned; apply takes it with the plan. Null where the plan does not look at all that changed.';

CREATE TABLE contract_shape (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  queries jsonb NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE contract_shape IS 'The contract with the EHR as it was last planned or taken as a baseline: another shape changes fingerprints and messages, so a person has to know of it. One row, once there was such a run.';
COMMENT ON COLUMN contract_shape.only_row IS 'Always true: a ledger has one contract.';
COMMENT ON COLUMN contract_shape.queries IS 'The columns of each query file and the names of their types. No names of the site''s own tables.';
COMMENT ON COLUMN contract_shape.taken_at IS 'When it was last taken anew.';
