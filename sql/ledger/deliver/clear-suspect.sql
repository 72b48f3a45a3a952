-- Forgets a suspect whose calls came to their end. $1: its patients. Gives nothing.
DELETE FROM suspect WHERE patient_id = ANY ($1::text[])
