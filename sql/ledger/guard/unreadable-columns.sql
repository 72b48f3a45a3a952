-- How many patients' columns were understood when they were last told, and are not now: of the patients whose row has changed. Also how
-- many patients Redox was never told have the column, and in how many of those it cannot be understood.
-- Takes no parameters. One row per watched column, in the order of src/core/understood.ts.
WITH patient_row AS (
  SELECT s.understood AS now, s.unreadable, l.understood AS before, l.patient_id IS NOT NULL AS is_known, l.row_fingerprint <> s.fingerprint AS has_changed
  FROM stage_chunk noisy
  JOIN stage_patient s ON s.chunk_id = noisy.chunk_id
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  WHERE NOT noisy.is_clean
    AND s.asked
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
)
SELECT
  bit,
  count(*) FILTER (WHERE has_changed AND before & (1 << bit) <> 0) AS understood_before,
  count(*) FILTER (WHERE has_changed AND before & (1 << bit) <> 0 AND now & (1 << bit) = 0) AS lost,
  count(*) FILTER (WHERE NOT is_known) AS new_patients,
  count(*) FILTER (WHERE NOT is_known AND unreadable & (1 << bit) <> 0) AS new_unreadable
FROM patient_row
CROSS JOIN generate_series(0, 6) AS bit
GROUP BY bit
ORDER BY bit
