-- Wants every row that has an open call: what was not accepted is planned again from the EHR's newest row (decision 8).
-- Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT CASE entity WHEN 'merge' THEN 'patient' ELSE entity END, entity_id, true
FROM call
WHERE is_open
ON CONFLICT DO NOTHING
