-- By which keys others cannot find the patients whom Redox holds now. Takes no parameters.
-- One row per combination of faults, with how many patients have it; null for those who are not judged.
SELECT match_faults, count(*) AS patients
FROM patient
WHERE presence = 'present'
GROUP BY match_faults
