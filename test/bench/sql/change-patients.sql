-- A third of a day's changes. $1: how many. Gives nothing.
UPDATE bench.patient SET mobile_phone = '(312) 555-0' || (100 + patient_id % 900), updated_at = now()
WHERE patient_id IN (SELECT patient_id FROM bench.patient WHERE patient_id % 25 > 1 ORDER BY patient_id DESC LIMIT $1)
