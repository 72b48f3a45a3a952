-- `audit`: reads patients and documents back from Redox. First the patients whose turn it is, then what the ledger has of
-- them, then a page of results, and at the end the rows that are owed again.

-- name: try_audit_lock
-- Tries to take the lock of audits, which this session keeps until it ends: one audit runs at a time.
-- One row.
SELECT pg_try_advisory_lock(hashtextextended('redox-reconcile audit', 0)) AS taken;

-- name: release_lock
-- Gives the ledger's lock back.
-- One row.
SELECT pg_advisory_unlock(hashtextextended('redox-reconcile run', 0)) AS released;

-- name: begin_audit
-- Records an audit, and deletes old queries. $1: run. $2: scope. $3: seed, or null. $4: true with documents' content.
-- $5: counts. $6: start of the round, or null.
WITH forgotten AS (
  DELETE FROM audit_query WHERE recorded_at < now() - interval '1 day'
)
INSERT INTO audit (run_number, scope, seed, has_content, counts, round_started_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: read_open_round
-- The round that is not finished, if it looks at documents' content as asked. $1: true with documents' content.
-- One row, or none.
SELECT started_at FROM audit_round WHERE finished_at IS NULL AND (has_content OR NOT $1) ORDER BY started_at DESC LIMIT 1;

-- name: begin_round
-- Begins a round over all patients. $1: true with documents' content.
-- One row: its start.
INSERT INTO audit_round (started_at, has_content) VALUES (clock_timestamp(), $1) RETURNING started_at;

-- name: finish_rounds
-- Finishes the round, and any that was given up for it.
UPDATE audit_round SET finished_at = now() WHERE finished_at IS NULL;

-- name: next_sampled_patients
-- The next patients of a sample: all patients at Redox in an order that the seed alone decides.
-- $1: seed. $2, $3: the draw and the id of the last patient before, or null. $4: number.
-- One row per patient.
WITH drawn AS (
  SELECT patient_id, encode(sha256(convert_to($1 || ' ' || patient_id, 'UTF8')), 'hex') COLLATE "C" AS draw
  FROM patient
  WHERE presence = 'present'
)
SELECT patient_id, draw
FROM drawn
WHERE $2::text IS NULL OR (draw, patient_id) > ($2, $3)
ORDER BY draw, patient_id
LIMIT $4;

-- name: next_due_patients
-- The next patients of a round, the oldest look first: all patients at Redox who were not looked at since it began.
-- $1: start of the round. $2: true if a look without documents' content counts as none. $3, $4: time of the look (null: none)
-- and id of the last patient before; the id is null at the beginning. $5: number.
-- One row per patient.
SELECT p.patient_id, l.looked_at
FROM patient p
LEFT JOIN audit_look l ON l.patient_id = p.patient_id
WHERE p.presence = 'present'
  AND (l.looked_at >= $1 AND (l.has_content OR NOT $2)) IS NOT TRUE
  AND (
    $4::text IS NULL
    OR (coalesce(date_trunc('milliseconds', l.looked_at), '-infinity'), p.patient_id) > (coalesce($3::timestamptz, '-infinity'), $4)
  )
ORDER BY coalesce(date_trunc('milliseconds', l.looked_at), '-infinity'), p.patient_id
LIMIT $5;

-- name: find_listed_patients
-- The patients at Redox who are listed, have a listed document, or are the survivor of a listed merge: for the merge of a former
-- MRN the patient. $1: entities. $2: their keys.
-- One row per patient.
WITH listed AS (
  SELECT entity, entity_id FROM unnest($1::text[], $2::text[]) AS i (entity, entity_id)
),
named AS (
  SELECT entity_id AS patient_id FROM listed WHERE entity <> 'encounter'
  UNION
  SELECT coalesce(p.merged_into, p.patient_id) FROM listed l JOIN patient p ON p.patient_id = l.entity_id WHERE l.entity = 'merge'
  UNION
  SELECT e.filed_under FROM listed l JOIN encounter e ON e.encounter_id = l.entity_id WHERE l.entity = 'encounter'
)
SELECT p.patient_id
FROM named n
JOIN patient p ON p.patient_id = n.patient_id AND p.presence = 'present'
ORDER BY p.patient_id;

-- name: count_patients_at_redox
-- Counts the patients that Redox has.
-- One row.
SELECT count(*) AS patients FROM patient WHERE presence = 'present';

-- name: read_audited_patients
-- What the ledger has of patients. is_due: Redox should have the patient as sent: it is certain, nothing is owed, and it was
-- sent longer ago than CONFIRM_WITHIN or is confirmed.
-- $1: patient ids. $2: version of the message builder. $3: CONFIRM_WITHIN in milliseconds.
-- One row per patient at Redox.
WITH confirmed AS MATERIALIZED (
  SELECT c.entity_id, c.finished_at
  FROM run r
  JOIN call c ON c.run_number = r.run_number
  WHERE (r.finished_at IS NULL OR r.finished_at > now() - $3 * interval '1 millisecond')
    AND c.log_status = 'succeeded'
    AND c.entity = 'patient'
    AND c.entity_id = ANY ($1::text[])
)
SELECT
  p.patient_id,
  p.mrn,
  coalesce(p.sent_death, false) AS sent_death,
  replace(p.row_fingerprint::text, '-', '') AS row_fingerprint,
  replace(p.message_fingerprint::text, '-', '') AS message_fingerprint,
  (
    p.row_fingerprint IS NOT NULL
    AND p.builder_version = $2
    AND p.former_mrns = '{}'
    AND p.resent_after IS NULL
    AND NOT EXISTS (
      SELECT FROM call c WHERE c.is_open AND c.entity IN ('patient', 'merge') AND c.entity_id = p.patient_id
    )
    AND NOT EXISTS (
      SELECT FROM call c WHERE c.log_status = 'pending' AND c.entity IN ('patient', 'merge') AND c.entity_id = p.patient_id
    )
    AND (
      p.synced_at <= now() - $3 * interval '1 millisecond'
      OR EXISTS (SELECT FROM confirmed f WHERE f.entity_id = p.patient_id AND f.finished_at = p.synced_at)
    )
  ) IS TRUE AS is_due
FROM patient p
WHERE p.patient_id = ANY ($1::text[]) AND p.presence = 'present'
ORDER BY p.patient_id;

-- name: read_audited_documents
-- What the ledger has of the documents of patients: visits, and summaries, those of patients merged into them too. is_due:
-- as of a patient.
-- $1: patient ids. $2: version of the message builder. $3: CONFIRM_WITHIN in milliseconds.
-- One row per document.
WITH confirmed AS MATERIALIZED (
  SELECT c.entity, c.entity_id, c.finished_at
  FROM run r
  JOIN call c ON c.run_number = r.run_number
  WHERE (r.finished_at IS NULL OR r.finished_at > now() - $3 * interval '1 millisecond')
    AND c.log_status = 'succeeded'
    AND c.entity IN ('encounter', 'summary')
    AND c.patient_id = ANY ($1::text[])
),
document AS (
  SELECT
    'encounter' AS entity, e.encounter_id AS entity_id, e.filed_under AS patient_id, e.patient_id AS row_patient_id,
    e.document_version, e.document_time, e.row_fingerprint, e.synced_at,
    e.presence = 'present' AND e.row_fingerprint IS NOT NULL AND e.builder_version = $2 AND e.resent_after IS NULL AS is_certain
  FROM encounter e
  WHERE e.filed_under = ANY ($1::text[])
  UNION ALL
  SELECT
    'summary', s.patient_id, coalesce(p.merged_into, p.patient_id), p.patient_id,
    s.document_version, s.document_time, NULL, s.synced_at,
    s.presence = 'present' AND s.is_current AND s.builder_version = $2 AND s.resent_after IS NULL
      AND s.content_of = coalesce(p.merged_into, p.patient_id)
  FROM patient p
  JOIN summary s ON s.patient_id = p.patient_id AND s.presence <> 'none'
  WHERE p.patient_id = ANY ($1::text[]) OR p.merged_into = ANY ($1::text[])
)
SELECT
  d.entity,
  d.entity_id,
  d.patient_id,
  d.row_patient_id,
  d.document_version,
  d.document_time,
  replace(d.row_fingerprint::text, '-', '') AS row_fingerprint,
  (
    d.is_certain
    AND NOT EXISTS (SELECT FROM call c WHERE c.is_open AND c.entity = d.entity AND c.entity_id = d.entity_id)
    AND NOT EXISTS (
      SELECT FROM call c WHERE c.log_status = 'pending' AND c.entity = d.entity AND c.entity_id = d.entity_id
    )
    AND (
      d.synced_at <= now() - $3 * interval '1 millisecond'
      OR EXISTS (
        SELECT FROM confirmed f
        WHERE f.entity = d.entity AND f.entity_id = d.entity_id AND f.finished_at = d.synced_at
      )
    )
  ) IS TRUE AS is_due
FROM document d
ORDER BY d.patient_id, d.entity, d.entity_id;

-- name: find_some_survivors
-- Random patients into whom others, or their own former MRNs, were merged. $1: number.
-- One row per patient.
SELECT p.patient_id
FROM (
  SELECT merged_into AS patient_id FROM patient WHERE merged_into IS NOT NULL AND presence = 'merged'
  UNION
  SELECT entity_id FROM call WHERE retired_mrns IS NOT NULL
) s
JOIN patient p ON p.patient_id = s.patient_id AND p.presence = 'present'
ORDER BY random()
LIMIT $1;

-- name: read_merged_records
-- The records that were merged into patients at Redox, under the MRNs of retired patients and under their own former ones. Left out
-- are those with anything owed, those merged less than CONFIRM_WITHIN ago without a log that succeeded, and those whose MRN another
-- patient has or had too.
-- $1: patient ids. $2: CONFIRM_WITHIN in milliseconds.
-- One row per record. A former MRN's retired_id is the patient.
WITH merged AS MATERIALIZED (
  SELECT p.patient_id AS retired_id, p.mrn, p.synced_at, s.patient_id, s.mrn AS survivor_mrn
  FROM patient p
  JOIN patient s ON s.patient_id = p.merged_into AND s.presence = 'present' AND s.former_mrns = '{}'
  WHERE p.merged_into = ANY ($1::text[]) AND p.presence = 'merged'
),
confirmed AS MATERIALIZED (
  SELECT c.entity_id, c.finished_at
  FROM run r
  JOIN call c ON c.run_number = r.run_number
  WHERE (r.finished_at IS NULL OR r.finished_at > now() - $2 * interval '1 millisecond')
    AND c.log_status = 'succeeded'
    AND c.entity = 'merge'
    AND c.patient_id = ANY ($1::text[])
),
record AS (
  SELECT
    m.retired_id, m.mrn, m.patient_id, m.survivor_mrn,
    m.synced_at <= now() - $2 * interval '1 millisecond'
      OR EXISTS (SELECT FROM confirmed f WHERE f.entity_id = m.retired_id AND f.finished_at = m.synced_at) AS is_due
  FROM merged m
  UNION ALL
  SELECT
    p.patient_id, former.mrn, p.patient_id, p.mrn,
    bool_and(c.finished_at <= now() - $2 * interval '1 millisecond' OR c.log_status = 'succeeded')
  FROM patient p
  JOIN call c ON c.entity_id = p.patient_id AND c.retired_mrns IS NOT NULL
  CROSS JOIN LATERAL unnest(c.retired_mrns) AS former (mrn)
  WHERE p.patient_id = ANY ($1::text[])
    AND p.presence = 'present'
    AND p.former_mrns = '{}'
    AND c.sending_at >= (SELECT bound_at FROM target)
  GROUP BY p.patient_id, former.mrn
)
SELECT m.retired_id, m.mrn, m.patient_id, m.survivor_mrn
FROM record m
WHERE m.is_due
  AND m.mrn <> m.survivor_mrn
  AND NOT EXISTS (SELECT FROM patient o WHERE o.mrn = m.mrn AND o.patient_id <> m.retired_id)
  AND NOT EXISTS (SELECT FROM patient o WHERE o.former_mrns <> '{}' AND m.mrn = ANY (o.former_mrns))
  AND NOT EXISTS (
    SELECT FROM call c WHERE c.is_open AND c.entity IN ('patient', 'merge') AND c.entity_id = m.retired_id
  )
  AND NOT EXISTS (
    SELECT FROM call c WHERE c.log_status = 'pending' AND c.entity IN ('patient', 'merge') AND c.entity_id = m.retired_id
  )
ORDER BY m.patient_id, m.retired_id, m.mrn;

-- name: find_known_mrns
-- Which of these MRNs the ledger has, today's and former ones. $1: MRNs.
-- One row per MRN.
SELECT DISTINCT m.mrn
FROM unnest($1::text[]) AS m (mrn)
WHERE EXISTS (SELECT FROM patient p WHERE p.mrn = m.mrn)
  OR EXISTS (SELECT FROM patient p WHERE p.former_mrns <> '{}' AND m.mrn = ANY (p.former_mrns));

-- name: store_audit_lines
-- Stores a page of results. $1: run. $2: a JSON array of lines (see src/ledger/record/audit.ts).
INSERT INTO audit_line (run_number, entity, entity_id, patient_id, result, detail, differing_groups, documents)
SELECT $1::integer, i.entity, i.entity_id, i.patient_id, i.result, i.detail, i.groups, i.documents
FROM jsonb_to_recordset($2::jsonb) AS i (
  entity text, entity_id text, patient_id text, result text, detail text, groups text[], documents integer
)
ON CONFLICT DO NOTHING;

-- name: note_looks
-- Records that patients were looked at. $1: patient ids. $2: the number of documents assessed of each. $3: true with
-- documents' content.
INSERT INTO audit_look AS l (patient_id, looked_at, documents, has_content)
SELECT i.patient_id, now(), i.documents, $3::boolean
FROM unnest($1::text[], $2::integer[]) AS i (patient_id, documents)
ON CONFLICT (patient_id) DO UPDATE
SET looked_at = excluded.looked_at, documents = excluded.documents, has_content = excluded.has_content;

-- name: forget_findings
-- Deletes findings that are no longer so: rows found as they should be. $1: entities. $2: their keys.
DELETE FROM audit_finding f
USING unnest($1::text[], $2::text[]) AS i (entity, entity_id)
WHERE f.entity = i.entity AND f.entity_id = i.entity_id;

-- name: note_findings
-- Records rows that are missing or differ. A row that looks as it did before it was owed again stays with a person.
-- $1: a JSON array of findings (see src/ledger/record/audit.ts).
INSERT INTO audit_finding AS f (entity, entity_id, patient_id, looks, found_at)
SELECT i.entity, i.entity_id, i.patient_id, i.looks, now()
FROM jsonb_to_recordset($1::jsonb) AS i (entity text, entity_id text, patient_id text, looks text[])
ON CONFLICT (entity, entity_id) DO UPDATE
SET patient_id = excluded.patient_id, looks = excluded.looks, found_at = excluded.found_at;

-- name: list_findings
-- Lists what a page found. A row that looks the same after it was sent again is for a person.
-- $1: run. $2: a JSON array of discrepancies (see src/ledger/record/audit.ts).
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT
  $1::integer, i.entity, i.entity_id, i.patient_id, i.kind,
  CASE WHEN f.looks <@ f.owed_for THEN 'again' ELSE i.detail END
FROM jsonb_to_recordset($2::jsonb) AS i (entity text, entity_id text, patient_id text, kind text, detail text)
LEFT JOIN audit_finding f
  ON i.kind <> 'unexpected_at_redox' AND i.detail IS NULL AND f.entity = i.entity AND f.entity_id = i.entity_id;

-- name: note_queries
-- Records queries after their end. $1: their number.
INSERT INTO audit_query (queries) SELECT $1::integer WHERE $1 > 0;

-- name: store_audit_counts
-- Stores what an audit has looked at and found so far. $1: run. $2: counts. $3: queries made since the page before.
UPDATE audit SET counts = $2, queries = queries + $3 WHERE run_number = $1;

-- name: finish_audit
-- Records that an audit has looked at all that it was to look at. $1: run.
UPDATE audit SET is_whole = true WHERE run_number = $1;

-- name: count_repairs
-- Counts what --repair would owe, and what was looked at so far. The rows that changed or were sent since are left out. A merge
-- counts as a patient.
-- One row.
SELECT
  (
    SELECT count(*)
    FROM audit_finding f
    JOIN patient p ON p.patient_id = f.entity_id
    WHERE f.entity = 'patient' AND NOT f.looks <@ f.owed_for
      AND p.presence = 'present' AND p.row_fingerprint IS NOT NULL AND p.synced_at < f.found_at
  ) + (
    SELECT count(*)
    FROM audit_finding f
    JOIN patient p ON p.patient_id = f.entity_id
    WHERE f.entity = 'merge' AND NOT f.looks <@ f.owed_for
      AND p.presence = 'merged' AND p.merged_into = f.patient_id AND p.synced_at < f.found_at
  ) + (
    SELECT count(*)
    FROM audit_finding f
    JOIN patient p ON p.patient_id = f.entity_id
    WHERE f.entity = 'merge' AND NOT f.looks <@ f.owed_for
      AND p.presence = 'present' AND f.patient_id = p.patient_id AND p.synced_at < f.found_at
  ) AS patients,
  (
    SELECT count(*)
    FROM audit_finding f
    JOIN encounter e ON e.encounter_id = f.entity_id
    WHERE f.entity = 'encounter' AND NOT f.looks <@ f.owed_for
      AND e.row_fingerprint IS NOT NULL AND e.synced_at < f.found_at
  ) + (
    SELECT count(*)
    FROM audit_finding f
    JOIN summary s ON s.patient_id = f.entity_id
    WHERE f.entity = 'summary' AND NOT f.looks <@ f.owed_for AND s.is_current AND s.synced_at < f.found_at
  ) AS documents,
  (SELECT count(*) FROM audit_look) AS looked_at_patients,
  (SELECT coalesce(sum(documents), 0)::bigint FROM audit_look) AS looked_at_documents;

-- name: owe_findings
-- Owes rows that are missing or differ: the next plan sends them. A row that Redox lacks is uncertain.
-- One row per owed row.
WITH patients AS (
  UPDATE patient p
  SET
    presence = CASE WHEN 'missing' = ANY (f.looks) THEN 'uncertain' ELSE p.presence END,
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL
  FROM audit_finding f
  WHERE f.entity = 'patient' AND f.entity_id = p.patient_id AND NOT f.looks <@ f.owed_for
    AND p.presence = 'present' AND p.row_fingerprint IS NOT NULL AND p.synced_at < f.found_at
  RETURNING f.entity, f.entity_id
),
visits AS (
  UPDATE encounter e
  SET
    presence = CASE WHEN 'missing' = ANY (f.looks) THEN 'uncertain' ELSE e.presence END,
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL
  FROM audit_finding f
  WHERE f.entity = 'encounter' AND f.entity_id = e.encounter_id AND NOT f.looks <@ f.owed_for
    AND e.row_fingerprint IS NOT NULL AND e.synced_at < f.found_at
  RETURNING f.entity, f.entity_id
),
summaries AS (
  UPDATE summary s
  SET
    presence = CASE WHEN 'missing' = ANY (f.looks) THEN 'uncertain' ELSE s.presence END,
    is_current = false,
    message_fingerprint = NULL
  FROM audit_finding f
  WHERE f.entity = 'summary' AND f.entity_id = s.patient_id AND NOT f.looks <@ f.owed_for
    AND s.is_current AND s.synced_at < f.found_at
  RETURNING f.entity, f.entity_id
),
owed AS (
  SELECT entity, entity_id FROM patients
  UNION ALL
  SELECT entity, entity_id FROM visits
  UNION ALL
  SELECT entity, entity_id FROM summaries
)
UPDATE audit_finding f
SET owed_for = ARRAY(SELECT unnest(f.owed_for) UNION SELECT unnest(f.looks) ORDER BY 1)
FROM owed
WHERE f.entity = owed.entity AND f.entity_id = owed.entity_id
RETURNING f.entity, f.entity_id;

-- name: owe_merges
-- Owes merges that Redox lost, as `confirm` owes a failed one: takes back the retired patients, whom Redox showed on their own,
-- everyone merged into them before, and their documents. A document that was pushed to the survivor since stays there.
-- One row per owed merge.
WITH RECURSIVE lost AS (
  SELECT p.patient_id AS retired_id, p.merged_into AS survivor_id, p.synced_at AS merged_at
  FROM audit_finding f
  JOIN patient p ON p.patient_id = f.entity_id
  WHERE f.entity = 'merge' AND NOT f.looks <@ f.owed_for
    AND p.presence = 'merged' AND p.merged_into = f.patient_id AND p.synced_at < f.found_at
),
inside AS (
  SELECT retired_id, survivor_id, merged_at, retired_id AS patient_id FROM lost
  UNION
  SELECT i.retired_id, i.survivor_id, i.merged_at, p.patient_id
  FROM inside i
  JOIN patient p ON p.merged_into = i.survivor_id AND p.sent_into = i.patient_id
  WHERE NOT EXISTS (SELECT FROM lost l WHERE l.retired_id = p.patient_id)
),
patients AS (
  UPDATE patient p
  SET
    presence = CASE WHEN p.patient_id = i.retired_id THEN 'present' ELSE p.presence END,
    merged_into = CASE WHEN p.patient_id <> i.retired_id THEN i.retired_id END,
    sent_into = CASE WHEN p.patient_id <> i.retired_id THEN p.sent_into END
  FROM inside i
  WHERE p.patient_id = i.patient_id
),
summaries AS (
  UPDATE summary s
  SET is_current = false, message_fingerprint = NULL
  FROM inside i
  WHERE s.patient_id = i.patient_id AND s.presence <> 'none'
),
visits AS (
  UPDATE encounter e
  SET filed_under = i.retired_id, row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM inside i
  WHERE e.filed_under = i.survivor_id
    AND e.patient_id = i.patient_id
    AND (e.synced_at > i.merged_at) IS NOT TRUE
)
UPDATE audit_finding f
SET owed_for = ARRAY(SELECT unnest(f.owed_for) UNION SELECT unnest(f.looks) ORDER BY 1)
FROM lost
WHERE f.entity = 'merge' AND f.entity_id = lost.retired_id
RETURNING f.entity, f.entity_id;

-- name: owe_former_mrns
-- Owes merges of former MRNs that Redox lost, as `confirm` owes a failed one: the patient's row is owed too, because it creates the
-- record to be merged. Of several former MRNs all are merged again.
-- One row per owed patient.
WITH lost AS (
  SELECT p.patient_id, array_agg(DISTINCT former.mrn) AS mrns
  FROM audit_finding f
  JOIN patient p ON p.patient_id = f.entity_id
  JOIN call c ON c.entity_id = p.patient_id AND c.retired_mrns IS NOT NULL
  CROSS JOIN LATERAL unnest(c.retired_mrns) AS former (mrn)
  WHERE f.entity = 'merge' AND NOT f.looks <@ f.owed_for
    AND p.presence = 'present' AND f.patient_id = p.patient_id AND p.synced_at < f.found_at
    AND c.sending_at >= (SELECT bound_at FROM target)
    AND former.mrn <> p.mrn
    AND NOT EXISTS (SELECT FROM patient o WHERE o.mrn = former.mrn)
    AND NOT EXISTS (SELECT FROM patient o WHERE o.former_mrns <> '{}' AND former.mrn = ANY (o.former_mrns))
  GROUP BY p.patient_id
),
patients AS (
  UPDATE patient p
  SET former_mrns = lost.mrns, row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM lost
  WHERE p.patient_id = lost.patient_id
)
UPDATE audit_finding f
SET owed_for = ARRAY(SELECT unnest(f.owed_for) UNION SELECT unnest(f.looks) ORDER BY 1)
FROM lost
WHERE f.entity = 'merge' AND f.entity_id = lost.patient_id
RETURNING f.entity, f.entity_id;

-- name: list_owed
-- Notes with this run's discrepancies that their rows are owed, and lists those that earlier audits found.
-- $1: run. $2: entities. $3: their keys.
WITH owed AS (
  SELECT f.entity, f.entity_id, f.patient_id, f.looks
  FROM unnest($2::text[], $3::text[]) AS i (entity, entity_id)
  JOIN audit_finding f ON f.entity = i.entity AND f.entity_id = i.entity_id
),
noted AS (
  UPDATE discrepancy d
  SET detail = 'owed'
  FROM owed
  WHERE d.run_number = $1
    AND d.kind IN ('missing_at_redox', 'differs_at_redox')
    AND d.entity = owed.entity
    AND d.entity_id = owed.entity_id
  RETURNING d.entity, d.entity_id
)
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT
  $1::integer, o.entity, o.entity_id, o.patient_id,
  CASE WHEN 'missing' = ANY (o.looks) THEN 'missing_at_redox' ELSE 'differs_at_redox' END,
  'owed'
FROM owed o
WHERE NOT EXISTS (SELECT FROM noted n WHERE n.entity = o.entity AND n.entity_id = o.entity_id);

-- name: store_repairs
-- Stores how many rows an audit has owed. $1: run. $2: their number.
UPDATE audit SET repaired = $2 WHERE run_number = $1;

-- name: read_audit
-- What the audit of a run looked at and found, and for a part of a round what the round has found up to this run. $1: run.
-- One row, or none.
SELECT
  a.scope, a.seed, a.has_content, a.counts, a.queries, a.repaired, a.is_whole, a.round_started_at,
  (
    SELECT sum((o.counts ->> 'assessed')::integer)::integer
    FROM audit o
    WHERE o.round_started_at = a.round_started_at AND o.run_number <= a.run_number
  ) AS round_assessed,
  (
    SELECT sum((o.counts ->> 'wrong')::integer)::integer
    FROM audit o
    WHERE o.round_started_at = a.round_started_at AND o.run_number <= a.run_number
  ) AS round_wrong
FROM audit a
WHERE a.run_number = $1;

-- name: read_last_audits
-- The newest audits, newest first. $1: number. $2: the newest run that counts, or null.
-- One row per audit.
SELECT r.run_id, r.started_at, a.scope, a.counts
FROM audit a
JOIN run r ON r.run_number = a.run_number
WHERE $2::integer IS NULL OR a.run_number <= $2
ORDER BY a.run_number DESC
LIMIT $1;

-- name: read_audit_progress
-- How far the newest round over all patients has come.
-- One row, or none.
SELECT
  o.started_at,
  o.finished_at,
  (
    SELECT count(*)
    FROM audit_look l
    JOIN patient p ON p.patient_id = l.patient_id AND p.presence = 'present'
    WHERE l.looked_at >= o.started_at AND (l.has_content OR NOT o.has_content)
  ) AS looked_at,
  (SELECT count(*) FROM patient WHERE presence = 'present') AS patients
FROM audit_round o
ORDER BY o.started_at DESC
LIMIT 1;
