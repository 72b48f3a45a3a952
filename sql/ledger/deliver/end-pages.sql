-- Forgets the persons of a run that came to its end. $1: run. $2: true where it sent everything that is due, so that the suspects of
-- earlier runs go too. Gives nothing.
DELETE FROM suspect WHERE run_number = $1 OR $2
