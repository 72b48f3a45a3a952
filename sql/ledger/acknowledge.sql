-- `acknowledge`: rows that another sender delivered count as synced if the EHR has not updated them since. Each line is
-- first checked by its own columns, then matched: patients, then merges, then visits.

-- name: clear_acknowledged
-- Empties the stage of acknowledged lines.
TRUNCATE stage_acknowledged;

-- name: copy_acknowledged_line
-- Loads the lines of an acknowledgement file.
-- One row per line.
COPY stage_acknowledged (line, entity, entity_id, delivered_at, fault) FROM STDIN;

-- name: count_acknowledged_lines
-- Counts the lines and the readable ones, and finds the first faulty line.
-- One row.
SELECT count(*) AS lines, count(*) FILTER (WHERE fault IS NULL) AS readable, min(line) FILTER (WHERE fault IS NOT NULL) AS first_fault
FROM stage_acknowledged;

-- name: mark_repeated_lines
-- Marks repeated lines about one row; the latest delivery counts.
UPDATE stage_acknowledged a
SET fault = 'repeated'
FROM (
  SELECT line, row_number() OVER (PARTITION BY entity, entity_id ORDER BY delivered_at DESC, line DESC) AS place
  FROM stage_acknowledged
  WHERE fault IS NULL
) AS ranked
WHERE ranked.line = a.line AND ranked.place > 1;

-- name: analyze_acknowledged
-- Updates the planner's statistics of the loaded file.
ANALYZE stage_acknowledged;

-- name: keep_faulty_lines
-- Stores the lines that are faulty by themselves. $1: this run.
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at)
SELECT $1, line, entity, entity_id, CASE WHEN entity = 'patient' THEN entity_id END, fault, delivered_at
FROM stage_acknowledged
WHERE fault IS NOT NULL;

-- name: acknowledge_patients
-- Assesses the acknowledged patients. A patient counts as synced if the row was not updated since the delivery; the
-- message that Redox received is unknown. A retired patient counts as present too, so that the merge is sent.
-- $1: this run. $2: version of the message builder.
WITH assessed AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, s.updated_at, coalesce(s.mrn, s.entity_id) AS mrn,
    CASE WHEN r.patient_id IS NULL THEN s.fingerprint END AS fingerprint,
    s.understood,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN s.entity_id IS NULL THEN 'not_in_ehr'
      WHEN r.patient_id IS NULL AND s.updated_at IS NULL THEN 'no_updated_at'
      WHEN r.patient_id IS NULL AND s.updated_at > a.delivered_at THEN 'updated_since'
      -- The record is merged into another at Redox, and this delivery may have undone that.
      WHEN l.merged_into IS NOT NULL THEN CASE WHEN r.patient_id IS NULL THEN 'merge_undone' ELSE 'merged_away' END
      -- A PatientMerge from the old MRN is due, and an acknowledgement file has no line for it.
      WHEN l.mrn <> coalesce(s.mrn, s.entity_id) OR l.former_mrns <> '{}' THEN 'mrn_changed'
      WHEN l.synced_at > a.delivered_at AND l.row_fingerprint <> s.fingerprint THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
      ELSE 'told'
    END AS kind
  FROM stage_acknowledged a
  LEFT JOIN stage_patient s ON s.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'patient' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = a.entity_id
  LEFT JOIN patient l ON l.patient_id = a.entity_id
  WHERE a.entity = 'patient' AND a.fault IS NULL
),
synced AS (
  INSERT INTO patient AS p (patient_id, presence, mrn, row_fingerprint, builder_version, understood, synced_at)
  SELECT entity_id, 'present', mrn, fingerprint, $2, understood, delivered_at FROM assessed WHERE kind = 'told'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = 'present',
    row_fingerprint = excluded.row_fingerprint,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    understood = excluded.understood,
    sent_death = NULL,
    builder_version = excluded.builder_version,
    synced_at = greatest(p.synced_at, excluded.synced_at)
  -- A certain answer about this same row outweighs the line.
  WHERE (p.row_fingerprint = excluded.row_fingerprint) IS NOT TRUE
    AND (excluded.row_fingerprint IS NOT NULL OR p.presence <> 'present')
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'patient', entity_id, entity_id, kind, delivered_at, updated_at FROM assessed;

-- name: acknowledge_merges
-- Assesses the acknowledged merges. A merge counts as synced if the EHR had it at the delivery: the retired patient's
-- record and documents are then the survivor's, as after an accepted PatientMerge (decision 14). In a chain, a merge
-- counts once the merges after it count.
-- $1: this run.
WITH RECURSIVE candidate AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, m.merged_at, m.surviving_patient_id AS sent_into, r.survivor_id,
    coalesce(l.mrn, s.mrn, s.entity_id) AS mrn,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN m.entity_id IS NULL THEN 'not_in_ehr'
      WHEN r.survivor_id IS NULL THEN r.fault
      WHEN m.merged_at IS NULL THEN 'no_updated_at'
      WHEN m.merged_at > a.delivered_at THEN 'updated_since'
      WHEN l.patient_id IS NULL AND s.entity_id IS NULL THEN 'never_sent'
      -- At Redox the record is merged into another patient than this merge's survivor.
      WHEN coalesce(t.survivor_id, l.merged_into) <> r.survivor_id THEN 'merge_repointed'
      WHEN l.former_mrns <> '{}' THEN 'mrn_changed'
      WHEN l.presence = 'present' AND l.synced_at > a.delivered_at THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'merge' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
    END AS fault
  FROM stage_acknowledged a
  LEFT JOIN stage_merge m ON m.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'merge' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = a.entity_id
  LEFT JOIN stage_patient s ON s.entity_id = a.entity_id
  LEFT JOIN patient l ON l.patient_id = a.entity_id
  LEFT JOIN stage_retired t ON t.patient_id = l.merged_into
  WHERE a.entity = 'merge' AND a.fault IS NULL
),
counting AS (
  SELECT c.entity_id
  FROM candidate c
  JOIN patient next ON next.patient_id = c.sent_into
  LEFT JOIN stage_retired t ON t.patient_id = next.merged_into
  WHERE c.fault IS NULL
    AND CASE
      WHEN c.sent_into = c.survivor_id THEN next.presence = 'present'
      ELSE next.presence = 'merged' AND coalesce(t.survivor_id, next.merged_into) = c.survivor_id
    END
  UNION
  SELECT c.entity_id
  FROM counting
  JOIN candidate c ON c.sent_into = counting.entity_id
  WHERE c.fault IS NULL
),
assessed AS (
  SELECT
    c.*,
    coalesce(
      c.fault,
      CASE WHEN EXISTS (SELECT FROM counting WHERE counting.entity_id = c.entity_id) THEN 'told' ELSE 'patient_not_present' END
    ) AS kind
  FROM candidate c
),
synced AS (
  INSERT INTO patient AS p (patient_id, presence, mrn, merged_into, sent_into, synced_at)
  SELECT entity_id, 'merged', mrn, survivor_id, sent_into, delivered_at FROM assessed WHERE kind = 'told'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = 'merged',
    merged_into = excluded.merged_into,
    sent_into = excluded.sent_into,
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    synced_at = greatest(p.synced_at, excluded.synced_at)
),
merged_before AS (
  UPDATE patient p
  SET merged_into = j.survivor_id
  FROM assessed j
  WHERE j.kind = 'told'
    AND p.merged_into = j.entity_id
    AND NOT EXISTS (SELECT FROM assessed own WHERE own.kind = 'told' AND own.entity_id = p.patient_id)
),
moved_documents AS (
  UPDATE encounter e SET filed_under = j.survivor_id FROM assessed j WHERE j.kind = 'told' AND e.filed_under = j.entity_id
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'merge', entity_id, survivor_id, kind, delivered_at, merged_at FROM assessed;

-- name: acknowledge_encounters
-- Assesses the acknowledged visits. A visit counts as synced if its row was not updated since the delivery: Redox has the
-- document under the final survivor. The other sender's document versions are unknown, so ours continue.
-- $1: this run. $2: version of the message builder.
WITH assessed AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, s.updated_at, s.patient_id, s.fingerprint, owner.patient_id AS filed_under,
    coalesce(r.survivor_id, s.patient_id) AS owner_id,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN s.entity_id IS NULL THEN 'not_in_ehr'
      WHEN s.status <> 'finished' THEN 'not_finished'
      WHEN s.updated_at IS NULL THEN 'no_updated_at'
      WHEN s.updated_at > a.delivered_at THEN 'updated_since'
      WHEN r.fault IS NOT NULL THEN r.fault
      WHEN owner.patient_id IS NULL THEN 'patient_not_present'
      WHEN l.synced_at > a.delivered_at
        AND (l.row_fingerprint <> s.fingerprint OR coalesce(filed.survivor_id, l.filed_under) <> owner.patient_id) THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
      ELSE 'told'
    END AS kind
  FROM stage_acknowledged a
  LEFT JOIN stage_encounter s ON s.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'encounter' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN patient owner ON owner.patient_id = coalesce(r.survivor_id, s.patient_id) AND owner.presence = 'present'
  LEFT JOIN encounter l ON l.encounter_id = a.entity_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  WHERE a.entity = 'encounter' AND a.fault IS NULL
),
synced AS (
  INSERT INTO encounter AS e (encounter_id, presence, patient_id, filed_under, row_fingerprint, builder_version, synced_at)
  SELECT entity_id, 'present', patient_id, filed_under, fingerprint, $2, delivered_at FROM assessed WHERE kind = 'told'
  ON CONFLICT (encounter_id) DO UPDATE
  SET
    presence = 'present',
    patient_id = excluded.patient_id,
    filed_under = excluded.filed_under,
    row_fingerprint = excluded.row_fingerprint,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    builder_version = excluded.builder_version,
    synced_at = greatest(e.synced_at, excluded.synced_at)
  -- A certain answer about this same row outweighs the line.
  WHERE (e.row_fingerprint = excluded.row_fingerprint AND e.filed_under = excluded.filed_under) IS NOT TRUE
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'encounter', entity_id, owner_id, kind, delivered_at, updated_at FROM assessed;

-- name: close_acknowledged_calls
-- Closes the open calls of rows that now count as synced, and deletes their rejections. $1: this run.
WITH synced AS (
  SELECT entity, entity_id FROM acknowledged WHERE run_number = $1 AND kind = 'told'
),
no_longer_refused AS (
  DELETE FROM rejection x USING synced WHERE x.entity = synced.entity AND x.entity_id = synced.entity_id
)
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
FROM synced
WHERE c.is_open AND c.state <> 'sending' AND c.entity = synced.entity AND c.entity_id = synced.entity_id;

-- name: count_acknowledged
-- Counts the lines by result. $1: this run.
-- One row per kind, the most frequent first.
SELECT kind, count(*) AS lines FROM acknowledged WHERE run_number = $1 GROUP BY kind ORDER BY lines DESC, kind;
