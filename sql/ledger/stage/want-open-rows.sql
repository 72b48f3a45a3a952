-- Wants every row that has an open call: what was not accepted is planned again from the EHR's newest row (decision 8). And every row
-- that is to be sent once more.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT CASE entity WHEN 'merge' THEN 'patient' ELSE entity END, entity_id, true
FROM call
WHERE is_open
UNION
SELECT 'patient', patient_id, true FROM patient WHERE resent_after IS NOT NULL
UNION
SELECT 'encounter', encounter_id, true FROM encounter WHERE resent_after IS NOT NULL
ON CONFLICT DO NOTHING
