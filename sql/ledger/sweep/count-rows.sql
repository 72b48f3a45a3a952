-- How many rows of an entity are staged. $1: entity. One row.
SELECT CASE $1 WHEN 'patient' THEN (SELECT count(*) FROM stage_patient) ELSE (SELECT count(*) FROM stage_encounter) END AS rows
