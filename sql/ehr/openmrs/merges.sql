-- OpenMRS writes each merge into person_merge_log, voids the loser, and moves visits to the winner. The last row of a loser counts, while
-- the loser is voided.
SELECT l.loser_person_id AS retired_patient_id,
       l.winner_person_id AS surviving_patient_id,
       l.date_created AS merged_at
FROM person_merge_log AS l
JOIN patient AS loser ON loser.patient_id = l.loser_person_id AND loser.voided = 1
WHERE l.voided = 0
  AND NOT EXISTS (SELECT 1 FROM person_merge_log AS later
                  WHERE later.loser_person_id = l.loser_person_id AND later.voided = 0 AND later.person_merge_log_id > l.person_merge_log_id)
