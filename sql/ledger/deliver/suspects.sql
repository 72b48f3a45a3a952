-- The persons of a run whose calls may have ended a run, in the order in which they are sent: who was begun alone before comes last.
-- $1: run. One row per lane, with the suspects it stands for.
SELECT c.lane, array_agg(DISTINCT s.patient_id) AS patient_ids
FROM call c
CROSS JOIN LATERAL (VALUES (c.lane), (c.patient_id), (c.row_patient_id)) AS named (patient_id)
JOIN suspect s ON s.patient_id = named.patient_id
WHERE c.run_number = $1 AND c.state = 'planned' AND EXISTS (SELECT FROM suspect)
GROUP BY c.lane
ORDER BY max(s.times_alone), min(c.rank), c.lane
