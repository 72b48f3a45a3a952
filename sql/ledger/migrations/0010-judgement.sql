-- What was judged of the site when a job ended, and what people were told: an alert is sent when that changes, and not every night.
CREATE TABLE judgement (
  judgement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  judged_at timestamptz NOT NULL,
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
  said_state text NOT NULL CHECK (said_state IN ('ok', 'needs_person', 'failing')),
  said_reasons text[] NOT NULL,
  said_at timestamptz
);
COMMENT ON TABLE judgement IS 'One row per end of a job that was judged, also of one that ended before it had a run. Kept for 90 days.';
COMMENT ON COLUMN judgement.judgement_id IS 'Key, in the order in which they were noted.';
COMMENT ON COLUMN judgement.judged_at IS 'When the job had ended, by the clock of its machine.';
COMMENT ON COLUMN judgement.job IS 'nightly, intraday, apply or watchdog.';
COMMENT ON COLUMN judgement.plan_only IS 'True: it was asked for a plan only.';
COMMENT ON COLUMN judgement.run_id IS 'Its run, which may have been pruned since; null where it ended before it had one.';
COMMENT ON COLUMN judgement.due_at IS 'When it was to start, as schedule or --due said; its start where nobody did.';
COMMENT ON COLUMN judgement.started_at IS 'When it started.';
COMMENT ON COLUMN judgement.exit_code IS 'As promised in the README.';
COMMENT ON COLUMN judgement.reasons IS 'What this end alone gave as reasons to want a person, from the closed list in src/core/standing.ts.';
COMMENT ON COLUMN judgement.person_lines IS 'Lines of its open-actions.csv that need a person, known ones too; null where it is no night that got so far.';
COMMENT ON COLUMN judgement.findable_share IS 'Of the patients whose match keys are known, those whom others can find; null likewise, and where there are none.';
COMMENT ON COLUMN judgement.missed_rows IS 'Rows that changed without a newer updated_at; null likewise.';
COMMENT ON COLUMN judgement.said_state IS 'What people know after it: the state of the site as they were last told.';
COMMENT ON COLUMN judgement.said_reasons IS 'Likewise, the reasons that they have heard.';
COMMENT ON COLUMN judgement.said_at IS 'When they were last told; null where nothing was ever told.';
