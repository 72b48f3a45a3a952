-- Gives each staged person a turn: whom Redox may know first, because what it says of them is wrong and not just missing; then the one
-- of whose rows one was updated last. A person without such a time comes last, and ties go by id, so the order is the same every time.
-- An `updated_at` of infinity says nothing about when.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_rank (lane, rank)
SELECT lane, row_number() OVER (ORDER BY is_known DESC, active_at DESC NULLS LAST, lane)
FROM (
  SELECT
    coalesce(k.lane, r.survivor_id, a.patient_id) AS lane,
    bool_or(l.patient_id IS NOT NULL) AS is_known,
    max(a.active_at) AS active_at
  FROM (
    SELECT entity_id AS patient_id, nullif(updated_at, 'infinity') AS active_at FROM stage_patient
    UNION ALL
    -- One row per patient before anything is joined: visits are many.
    SELECT patient_id, max(nullif(updated_at, 'infinity')) FROM stage_encounter
    -- No patient of a longer key is ever told, and no index takes it.
    WHERE octet_length(patient_id) <= 2000
    GROUP BY patient_id
  ) a
  LEFT JOIN stage_retired r ON r.patient_id = a.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, a.patient_id)
  LEFT JOIN patient l ON l.patient_id = a.patient_id
  GROUP BY 1
) person
