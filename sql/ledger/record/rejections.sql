-- Counts, after `outcomes.sql` and in its transaction, on how many dates Redox has refused rows as they are. A row that is another
-- one than was refused before begins anew; a date counts once, however many runs it sees.
-- $1: run. $2: a JSON array of refusals (see src/ledger/recorded-rows.ts). Gives nothing.
WITH input AS (
  SELECT c.call_id, c.entity, c.entity_id, c.event_type, c.patient_id, i.row_fingerprint, i.patient_fingerprint,
    i.builder_version, i.refused_on, i.refused_at
  FROM jsonb_to_recordset($2::jsonb) AS i (
    call_id bigint,
    row_fingerprint uuid,
    patient_fingerprint uuid,
    builder_version integer,
    refused_on date,
    refused_at timestamptz
  )
  JOIN call c ON c.call_id = i.call_id
),
counted AS (
  INSERT INTO rejection AS x (
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, dates, since, run_number
  )
  -- A patient's update and the merge of their former MRNs may both be refused at once: that is one row, refused.
  SELECT DISTINCT ON (entity, entity_id)
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version,
    ARRAY[refused_on], refused_at, $1::integer
  FROM input
  ORDER BY entity, entity_id, call_id
  ON CONFLICT (entity, entity_id) DO UPDATE
  SET (event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, dates, since, run_number) = (
    SELECT
      excluded.event_type, excluded.patient_id, excluded.row_fingerprint, excluded.patient_fingerprint, excluded.builder_version,
      CASE WHEN was.same AND was.counted THEN x.dates WHEN was.same THEN x.dates || excluded.dates ELSE excluded.dates END,
      CASE WHEN was.same THEN x.since ELSE excluded.since END,
      CASE WHEN was.same AND was.counted THEN x.run_number ELSE excluded.run_number END
    FROM (
      SELECT
        (x.patient_id, x.patient_fingerprint, x.builder_version)
          = (excluded.patient_id, excluded.patient_fingerprint, excluded.builder_version)
          AND x.row_fingerprint IS NOT DISTINCT FROM excluded.row_fingerprint AS same,
        excluded.dates <@ x.dates AS counted
    ) AS was
  )
  RETURNING entity, entity_id, cardinality(dates) AS dates
)
UPDATE call c
SET rejected_dates = counted.dates
FROM input JOIN counted ON counted.entity = input.entity AND counted.entity_id = input.entity_id
WHERE c.call_id = input.call_id
