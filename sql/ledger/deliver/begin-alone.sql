-- Notes that the calls of a suspect are begun alone. $1: its patients. Gives nothing.
UPDATE suspect SET times_alone = times_alone + 1 WHERE patient_id = ANY ($1::text[])
