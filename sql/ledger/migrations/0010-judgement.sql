-- What was judged of the site when a job ended, and what people were told: an alert is sent when that changes, and not every night.
CREATE TABLE health_record (
  health_record_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  job text NOT NULL,
  plan_only boolean NOT NULL,
  run_id text COLLATE "C",
  due_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  exit_code smallint NOT NULL,
  reasons text[] NOT NULL,
  person_lines integer,
  findable_share double precision CHECK (findable_share BETWEEN 0 AND 1),
  missed_rows integer,
  alerted_state text NOT NULL CHECK (alerted_state IN ('ok', 'needs_person', 'failing')),
  alerted_reasons text[] NOT NULL,
  alerted_at timestamptz
);
COMMENT ON TABLE health_record IS 'One row per end of a job that was judged, also of one that ended before it had a run. Kept for 90 days.';
COMMENT ON COLUMN health_record.health_record_id IS 'Key, in the order in which they were noted.';
COMMENT ON COLUMN health_record.recorded_at IS 'When the job had ended, by the clock of its machine.';
COMMENT ON COLUMN health_record.job IS 'nightly, intraday, apply or watchdog.';
COMMENT ON COLUMN health_record.plan_only IS 'True: it was asked for a plan only.';
COMMENT ON COLUMN health_record.run_id IS 'Its run, which may have been pruned since; null where it ended before it had one.';
COMMENT ON COLUMN health_record.due_at IS 'When it was to start, as schedule or --due said; its start where nobody did.';
COMMENT ON COLUMN health_record.started_at IS 'When it started.';
COMMENT ON COLUMN health_record.exit_code IS 'As promised in the README.';
COMMENT ON COLUMN health_record.reasons IS 'What this end alone gave as reasons to want a person, from the closed list in src/core/health.ts.';
COMMENT ON COLUMN health_record.person_lines IS 'Lines of its open-actions.csv that need a person, known ones too; null where it is no night that got so far.';
COMMENT ON COLUMN health_record.findable_share IS 'Of the patients whose match keys are known, those whom others can find; null likewise, and where there are none.';
COMMENT ON COLUMN health_record.missed_rows IS 'Rows that changed without a newer updated_at; null likewise.';
COMMENT ON COLUMN health_record.alerted_state IS 'What people know after it: the state of the site as they were last told.';
COMMENT ON COLUMN health_record.alerted_reasons IS 'Likewise, the reasons that they have heard.';
COMMENT ON COLUMN health_record.alerted_at IS 'When they were last told; null where nothing was ever told.';
