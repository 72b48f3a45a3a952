-- The patients' summaries, if the contract has summary/. They are not scanned: a plan finds the ones to look at once its
-- other calls are stored, and the message decides whether Redox needs a summary.

-- name: stage_summaries
-- Finds the summaries that this plan checks: those of patients with a call of this plan, or with a pushed visit that went,
-- was reopened or cancelled, or returned (its `withdrawn` changes, in the ledger too), and the open ones. After a full
-- sweep, a summary is open unless the ledger records it as current; a missing one is open if the patient may have one: by
-- summary_version, or without that column by a visit at Redox. Otherwise only requested summaries are open. A retired
-- patient's summary is checked only while it lacks the survivor's content.
-- A patient whose row was not read now, or is unreadable, is left to the next sweep.
-- $1: run. $2: version of the message builder. $3: true after a full sweep. $4: true for a forced run. $5: true if this plan
-- is only written. $6: the last rank of the part before, for a further part of the plan; else null. Then the patients with a call of this
-- part are all that is left to check. $7: true if patients.sql has the column summary_version. $8 bigint: how many first
-- summaries of patients whom Redox has may be planned; null for all.
-- One row: how many are checked, and how many wait beyond $8.
WITH due AS MATERIALIZED (
  SELECT
    named.patient_id,
    bool_or(c.open_since = r.started_at AND c.reason IS NULL) AS is_touched,
    bool_or(c.entity = 'encounter' AND named.patient_id = c.patient_id) AS is_pushed,
    min(c.open_since) FILTER (WHERE c.open_since < r.started_at AND c.entity = 'encounter' AND named.patient_id = c.patient_id) AS pushed_since
  FROM call c
  JOIN run r ON r.run_number = c.run_number
  -- A visit that has moved leaves the summary of its former patient.
  LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
  CROSS JOIN LATERAL (
    VALUES (c.patient_id), (CASE WHEN c.entity <> 'encounter' THEN c.entity_id END), (e.patient_id), (e.filed_under)
  ) AS named (patient_id)
  WHERE c.run_number = $1 AND c.entity <> 'summary' AND ($6::integer IS NULL OR c.rank > $6) AND named.patient_id IS NOT NULL
  GROUP BY named.patient_id
),
withdrawn AS MATERIALIZED (
  SELECT entity_id, CASE kind WHEN 'gone' THEN 'gone' WHEN 'cancelled_after_push' THEN 'cancelled' ELSE 'reopened' END AS withdrawn
  FROM discrepancy
  WHERE run_number = $1
    AND $6 IS NULL
    AND entity = 'encounter'
    AND (kind IN ('gone', 'cancelled_after_push') OR kind = 'changed' AND detail = 'reopened')
),
turned AS MATERIALIZED (
  SELECT e.encounter_id, e.filed_under, w.withdrawn
  FROM withdrawn w
  JOIN encounter e ON e.encounter_id = w.entity_id
  WHERE e.withdrawn IS DISTINCT FROM w.withdrawn
  UNION ALL
  SELECT e.encounter_id, e.filed_under, NULL
  FROM encounter e
  JOIN stage_encounter t ON t.entity_id = e.encounter_id
  WHERE $6 IS NULL AND e.withdrawn IS NOT NULL AND t.status = 'finished'
),
turned_patients AS MATERIALIZED (
  SELECT DISTINCT filed_under AS patient_id FROM turned
),
noted AS (
  UPDATE encounter e SET withdrawn = t.withdrawn FROM turned t WHERE NOT $5::boolean AND e.encounter_id = t.encounter_id
),
received AS MATERIALIZED (
  SELECT DISTINCT r.survivor_id AS patient_id
  FROM stage_retired r
  JOIN encounter e ON e.filed_under = r.patient_id AND e.presence = 'present'
  WHERE r.survivor_id IS NOT NULL
),
-- Patients whom Redox has, and their summary never; what is open is looked at in any case. A person whose turn has not come brings it along.
first AS MATERIALIZED (
  SELECT
    l.patient_id,
    EXISTS (SELECT FROM ignored i WHERE i.entity = 'summary' AND i.entity_id = l.patient_id) AS is_ignored
  FROM patient l
  LEFT JOIN stage_lane k ON k.patient_id = l.patient_id
  LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, l.patient_id)
  WHERE $3
    AND l.presence = 'present'
    AND n.waits IS NOT TRUE
    AND NOT EXISTS (SELECT FROM summary s WHERE s.patient_id = l.patient_id)
    AND NOT EXISTS (SELECT FROM call c WHERE c.is_open AND c.entity = 'summary' AND c.entity_id = l.patient_id)
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.patient_id)
    AND EXISTS (SELECT FROM stage_patient t WHERE t.entity_id = l.patient_id AND (t.has_summary OR NOT $7::boolean))
    AND ($7 OR EXISTS (SELECT FROM encounter e WHERE e.filed_under = l.patient_id AND e.presence = 'present'))
),
looked_at AS (
  SELECT patient_id FROM due
  UNION
  SELECT patient_id FROM turned_patients
  UNION
  SELECT entity_id FROM stage_wanted WHERE $6 IS NULL AND entity = 'summary' AND asked
  UNION
  SELECT entity_id FROM call WHERE $3 AND is_open AND entity = 'summary'
  UNION
  SELECT s.patient_id
  FROM summary s
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  WHERE $3
    AND (r.patient_id IS NULL OR s.presence <> 'none')
    AND (
      s.is_current
      AND s.builder_version = $2
      AND s.content_of = coalesce(r.survivor_id, s.patient_id)
      AND s.resent_after IS NULL
    ) IS NOT TRUE
  UNION
  SELECT patient_id FROM first WHERE is_ignored
  UNION
  (
    SELECT patient_id FROM first
    WHERE NOT is_ignored
    ORDER BY patient_id
    LIMIT CASE
      WHEN $8::bigint IS NOT NULL
        THEN greatest(0, $8 - (SELECT count(*) FROM call WHERE is_open AND state = 'planned' AND entity = 'summary'))
    END
  )
  UNION
  SELECT v.patient_id FROM received v WHERE $3 AND NOT EXISTS (SELECT FROM summary s WHERE s.patient_id = v.patient_id)
),
left_for_later AS (
  UPDATE summary s
  SET is_current = false
  FROM looked_at p
  LEFT JOIN stage_retired r ON r.patient_id = p.patient_id
  WHERE NOT $5::boolean
    AND s.patient_id = p.patient_id
    AND s.is_current
    AND NOT EXISTS (SELECT FROM stage_patient o WHERE o.entity_id = coalesce(r.survivor_id, p.patient_id))
),
staged AS (
  INSERT INTO stage_summary (
    entity_id, owner_id, lane, rank, presence, was_certain, is_candidate, owner_differs, is_sent_again, is_touched, can_be_sent,
    open_since, open_state, open_log_status, rejected_dates, is_ignored
  )
  SELECT
    p.patient_id,
    o.entity_id,
    coalesce(k.lane, o.entity_id),
    coalesce(n.rank, 0),
    s.presence,
    coalesce(s.is_current OR s.message_fingerprint IS NOT NULL, false),
    $4 OR debt.since IS NOT NULL OR facts.differs OR (r.patient_id IS NULL AND coalesce(d.patient_id, g.patient_id) IS NOT NULL),
    coalesce(s.content_of <> o.entity_id, false),
    s.resent_after IS NOT NULL,
    coalesce(d.is_touched, false) OR g.patient_id IS NOT NULL,
    CASE
      WHEN r.patient_id IS NOT NULL OR coalesce(s.presence, 'none') <> 'none' THEN coalesce(s.presence, 'none') <> 'none'
      WHEN $7 THEN o.has_summary
      ELSE
        coalesce(d.is_pushed, false)
        OR v.patient_id IS NOT NULL
        OR EXISTS (SELECT FROM encounter e WHERE e.filed_under = p.patient_id AND e.presence = 'present')
    END,
    -- A first one is owed as long as the visit that it waits for.
    least(debt.since, x.since, CASE WHEN s.patient_id IS NULL AND NOT $7 THEN d.pushed_since END),
    debt.state,
    debt.log_status,
    coalesce(cardinality(x.dates), 0),
    i.entity_id IS NOT NULL
  FROM looked_at p
  LEFT JOIN stage_retired r ON r.patient_id = p.patient_id
  JOIN stage_patient o ON o.entity_id = coalesce(r.survivor_id, p.patient_id)
  LEFT JOIN due d ON d.patient_id = p.patient_id
  LEFT JOIN turned_patients g ON g.patient_id = p.patient_id
  LEFT JOIN received v ON v.patient_id = p.patient_id
  LEFT JOIN summary s ON s.patient_id = p.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = o.entity_id
  LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, o.entity_id)
  LEFT JOIN rejection x
    ON x.entity = 'summary' AND x.entity_id = p.patient_id
    AND x.patient_id = o.entity_id AND x.patient_fingerprint = o.fingerprint AND x.builder_version = $2
  LEFT JOIN ignored i ON i.entity = 'summary' AND i.entity_id = p.patient_id AND i.patient_id = o.entity_id
  CROSS JOIN LATERAL (
    SELECT (s.is_current AND s.builder_version = $2 AND s.content_of = o.entity_id) IS NOT TRUE AS differs
  ) facts
  LEFT JOIN LATERAL (
    SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state,
      (array_agg(c.log_status ORDER BY c.call_id DESC))[1] AS log_status
    FROM call c
    WHERE c.is_open AND c.entity = 'summary' AND c.entity_id = p.patient_id
  ) debt ON true
  -- The summary of a waiting person comes with their rows, once: a new patient is not at Redox before.
  WHERE r.fault IS NULL AND n.waits IS NOT TRUE
  RETURNING entity_id
)
SELECT
  (SELECT count(*) FROM staged) AS summaries,
  (SELECT count(*) FROM first f WHERE NOT EXISTS (SELECT FROM looked_at p WHERE p.patient_id = f.patient_id)) AS waiting;

-- name: clear_staged_summaries
-- Forgets the summaries of the part before.
TRUNCATE stage_summary;

-- name: next_staged_summaries
-- The next page of summaries that this plan checks, in the order of their patients.
-- $1: the last patient of the page before, or null. $2: page size.
-- One row per summary.
SELECT
  t.entity_id, t.owner_id, t.lane, t.rank, t.presence, t.was_certain, t.is_candidate, t.owner_differs, t.is_sent_again, t.is_touched,
  t.can_be_sent, t.open_since, t.open_state, t.open_log_status, t.rejected_dates, t.is_ignored, s.section_rows, s.section_digests
FROM stage_summary t
LEFT JOIN summary s ON s.patient_id = t.entity_id
WHERE $1::text IS NULL OR t.entity_id > $1
ORDER BY t.entity_id
LIMIT $2;

-- name: keep_summaries_owed
-- Lets the next sweep check summaries again: a change may be owed, and this plan has no call for them.
-- $1: patients.
UPDATE summary SET is_current = false WHERE is_current AND patient_id = ANY ($1::text[]);

-- name: read_summary_facts
-- The ledger's facts of summaries, and whether Redox has a visit of the patient. $1: patients.
-- One row per patient.
SELECT
  asked.patient_id,
  s.presence,
  s.content_of,
  coalesce(s.document_version, 0) AS document_version,
  s.resent_after IS NOT NULL AS is_sent_again,
  replace(s.message_fingerprint::text, '-', '') AS message_fingerprint,
  EXISTS (SELECT FROM encounter e WHERE e.filed_under = asked.patient_id AND e.presence = 'present') AS has_visit
FROM unnest($1::text[]) AS asked (patient_id)
LEFT JOIN summary s ON s.patient_id = asked.patient_id;
