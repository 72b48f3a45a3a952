-- What stands still: rows that Redox refused again and again, and what a person has said of a row.
--
-- A row "as it was" is its own fingerprint, the patient of whom Redox was told with it, that patient's fingerprint, and the version
-- of the message builder: a change of any of them makes another message, which may be taken.

CREATE TABLE rejection (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  event_type text NOT NULL CHECK (event_type IN ('NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush')),
  patient_id text COLLATE "C" NOT NULL,
  row_fingerprint uuid,
  patient_fingerprint uuid NOT NULL,
  builder_version integer NOT NULL,
  dates date[] NOT NULL CHECK (cardinality(dates) > 0),
  since timestamptz NOT NULL,
  run_number integer NOT NULL REFERENCES run,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE rejection IS 'One row per row of the EHR that Redox refused and has not taken since.';
COMMENT ON COLUMN rejection.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN rejection.entity_id IS 'Its key in the EHR; of a merge the retired patient.';
COMMENT ON COLUMN rejection.event_type IS 'What was refused last.';
COMMENT ON COLUMN rejection.patient_id IS 'The patient of whom Redox was told; of a merge the survivor.';
COMMENT ON COLUMN rejection.row_fingerprint IS 'Of the row that was fetched and refused; of a merge the retired patient''s, null where that row was gone.';
COMMENT ON COLUMN rejection.patient_fingerprint IS 'Of the row of patient_id that was fetched with it.';
COMMENT ON COLUMN rejection.builder_version IS 'Version of the message builder by which it was refused.';
COMMENT ON COLUMN rejection.dates IS 'The dates, in the site''s zone, on which it was refused as it is. At three it is held.';
COMMENT ON COLUMN rejection.since IS 'When it was first refused as it is.';
COMMENT ON COLUMN rejection.run_number IS 'The run that added the last date; what the circuit breaker stopped takes it back.';

CREATE TABLE settlement (
  settlement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  said text NOT NULL CHECK (said IN ('accepted', 'send', 'ignore')),
  settled_of text NOT NULL CHECK (settled_of IN ('unknown', 'rejected', 'gone', 'orphan', 'ignored')),
  settled_at timestamptz NOT NULL
);
CREATE INDEX settlement_row ON settlement (entity, entity_id);
COMMENT ON TABLE settlement IS 'One row per word of a person on a row: what they said when. What follows from it stands in the other tables.';
COMMENT ON COLUMN settlement.settlement_id IS 'Key.';
COMMENT ON COLUMN settlement.run_number IS 'The run of settle in which it was said; its host is where.';
COMMENT ON COLUMN settlement.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN settlement.entity_id IS 'Its key in the EHR; of a merge the retired patient.';
COMMENT ON COLUMN settlement.said IS 'accepted: Redox has it · send: send it again · ignore: leave it until it changes.';
COMMENT ON COLUMN settlement.settled_of IS 'What stood of the row then: its last call had an unknown outcome or was rejected, or it was listed as gone or orphan, or was ignored.';
COMMENT ON COLUMN settlement.settled_at IS 'When it was said.';

CREATE TABLE ignored (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  row_fingerprint uuid,
  is_gone boolean NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE ignored IS 'One row per row that a person has said to leave as it is: nothing is owed of it, and it is not listed.';
COMMENT ON COLUMN ignored.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN ignored.entity_id IS 'Its key in the EHR; of a merge the retired patient.';
COMMENT ON COLUMN ignored.patient_id IS 'The patient under whom it would be told; of a merge the survivor. Another one ends it. Null of an orphan: that it has a patient ends it.';
COMMENT ON COLUMN ignored.row_fingerprint IS 'Of the row that is left; another one ends it. Null of a merge, and of what is gone.';
COMMENT ON COLUMN ignored.is_gone IS 'True: it is the absence of the row that is left; that the row is back ends it.';

ALTER TABLE call ADD COLUMN planned_mrn text COLLATE "C", ADD COLUMN rejected_dates smallint;
ALTER TABLE call ADD CHECK (planned_mrn IS NULL OR event_type = 'NewPatient');
COMMENT ON COLUMN call.planned_mrn IS 'Of a NewPatient under the row''s own identifier: that identifier as the plan saw it. The plan has checked that it is nobody else''s, so another one is not sent.';
COMMENT ON COLUMN call.rejected_dates IS 'Of a rejected call: on how many dates this row has now been refused as it is; null where this one does not count.';

ALTER TABLE discrepancy
  ADD COLUMN row_fingerprint uuid,
  ADD COLUMN open_since timestamptz,
  ADD COLUMN rejected_dates smallint;
COMMENT ON COLUMN discrepancy.row_fingerprint IS 'Of an orphan: its row as the run saw it; null of the others.';
COMMENT ON COLUMN discrepancy.open_since IS 'Of what is held: since when it has been owed; null of the others.';
COMMENT ON COLUMN discrepancy.rejected_dates IS 'Of what is held because Redox refused it: on how many dates; null of the others.';

-- Why a patient cannot be told now, so that what depends on the patient waits: null where Redox has the patient under this
-- identifier, or where nothing keeps the patient from being told in the same night.
CREATE FUNCTION patient_waits(waiting_id text, waiting_mrn text, waiting_fingerprint uuid, version integer) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT CASE
    WHEN EXISTS (
      SELECT FROM patient p WHERE p.patient_id = waiting_id AND p.presence = 'present' AND p.mrn = waiting_mrn
    ) THEN NULL
    WHEN EXISTS (
      SELECT FROM ignored i
      WHERE i.entity = 'patient' AND i.entity_id = waiting_id AND i.row_fingerprint = waiting_fingerprint
    ) THEN 'ignored'
    WHEN EXISTS (
      SELECT FROM rejection x
      WHERE x.entity = 'patient'
        AND x.entity_id = waiting_id
        AND x.patient_fingerprint = waiting_fingerprint
        AND x.builder_version = version
        AND cardinality(x.dates) >= 3
    ) THEN 'rejected'
    WHEN (
      SELECT c.state
      FROM call c
      WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = waiting_id
      ORDER BY c.call_id DESC
      LIMIT 1
    ) = 'unknown' THEN 'unknown'
  END
$$;
COMMENT ON FUNCTION patient_waits(text, text, uuid, integer) IS 'Why a patient whom Redox does not hold under this identifier is not told: ignored, rejected, unknown (where those are on hold), or null.';
