-- What a stored plan needs to be delivered later, what another sender delivered, and what was forgotten.

ALTER TABLE run
  ADD COLUMN builder_version integer,
  ADD COLUMN planned_watermark timestamptz,
  ADD COLUMN applied_run integer REFERENCES run ON DELETE SET NULL,
  ADD COLUMN pruned_at timestamptz;
CREATE INDEX run_applied ON run (applied_run) WHERE applied_run IS NOT NULL;
COMMENT ON COLUMN run.builder_version IS 'Version of the message builder with which it planned; null where it stored no plan.';
COMMENT ON COLUMN run.planned_watermark IS 'Of a plan-only run: where apply moves the watermark with its plan; null where the plan moves none.';
COMMENT ON COLUMN run.applied_run IS 'Of a run of apply: the plan-only run whose plan it took over; null once that was pruned.';
COMMENT ON COLUMN run.pruned_at IS 'When prune began to forget it: from then on its rows may be missing, so it has no reports any more. Null else.';

-- A plan-only run owes nothing: its calls are planned, not open, and what earlier runs left open stays as it is. So nothing that
-- comes after it can tell that it was there, but for apply, which takes its calls over under a run of its own.
ALTER TABLE call DROP CONSTRAINT call_check2;
ALTER TABLE call ADD CONSTRAINT call_sending_is_open CHECK (is_open OR state <> 'sending');
COMMENT ON COLUMN call.is_open IS 'Still owed: the next plan that meets the row takes it over. Never true of the calls of a plan-only run.';

ALTER TABLE stage_merge ADD COLUMN merged_at timestamptz;
COMMENT ON COLUMN stage_merge.merged_at IS 'The latest moment that it can mean; null where the contract does not say.';

CREATE UNLOGGED TABLE stage_acknowledged (
  line bigint NOT NULL,
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  delivered_at timestamptz,
  fault text COLLATE "C",
  CHECK (delivered_at IS NOT NULL OR fault IS NOT NULL)
);
COMMENT ON TABLE stage_acknowledged IS 'One row per line of the file that the current run of acknowledge takes in.';
COMMENT ON COLUMN stage_acknowledged.line IS 'Line in the file, from 1.';
COMMENT ON COLUMN stage_acknowledged.entity IS 'patient, merge or encounter; file where the line names no row.';
COMMENT ON COLUMN stage_acknowledged.entity_id IS 'Key in the EHR; of a merge the retired patient; empty where the line names no row.';
COMMENT ON COLUMN stage_acknowledged.delivered_at IS 'When the other sender delivered it; null where the line cannot be read.';
COMMENT ON COLUMN stage_acknowledged.fault IS 'Why the line does not count, whatever the EHR has; null where it may.';

CREATE TABLE acknowledged (
  run_number integer NOT NULL REFERENCES run,
  line bigint NOT NULL,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'file')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL,
  delivered_at timestamptz,
  row_updated_at timestamptz,
  PRIMARY KEY (run_number, line)
);
COMMENT ON TABLE acknowledged IS 'One row per line that a run of acknowledge read, and what became of it.';
COMMENT ON COLUMN acknowledged.run_number IS 'The run that read it.';
COMMENT ON COLUMN acknowledged.line IS 'Line in the file, from 1.';
COMMENT ON COLUMN acknowledged.entity IS 'patient, merge or encounter; file where the line names no row.';
COMMENT ON COLUMN acknowledged.entity_id IS 'Key in the EHR; of a merge the retired patient; empty where the line names no row.';
COMMENT ON COLUMN acknowledged.patient_id IS 'The patient whom it concerns, of a merge the survivor; null where unknown.';
COMMENT ON COLUMN acknowledged.kind IS 'told, or why the line does not count: see reports/README.md.';
COMMENT ON COLUMN acknowledged.delivered_at IS 'When the other sender delivered it; null where the line cannot be read.';
COMMENT ON COLUMN acknowledged.row_updated_at IS 'updated_at of the row in the EHR, of a merge merged_at; null where the EHR does not say.';

CREATE TABLE pruning (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ended_before timestamptz NOT NULL,
  pruned_at timestamptz NOT NULL
);
COMMENT ON TABLE pruning IS 'What prune has forgotten last. One row, once it has.';
COMMENT ON COLUMN pruning.only_row IS 'Always true: it forgets by age alone.';
COMMENT ON COLUMN pruning.ended_before IS 'Runs that ended before this were forgotten, but for those that are still needed.';
COMMENT ON COLUMN pruning.pruned_at IS 'When it did.';
