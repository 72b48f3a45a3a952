-- Vital signs of the visit, in the units in which OpenEMR stores them (pounds, inches, Fahrenheit). A zero is an empty field.
SELECT e.encounter AS encounter_id,
       v.date AS observed_at,
       m.code,
       'LOINC' AS code_system,
       m.name,
       CASE m.code WHEN '8480-6' THEN v.bps WHEN '8462-4' THEN v.bpd WHEN '29463-7' THEN v.weight WHEN '8302-2' THEN v.height
            WHEN '8310-5' THEN v.temperature WHEN '8867-4' THEN v.pulse WHEN '9279-1' THEN v.respiration ELSE v.oxygen_saturation END AS value,
       m.units
FROM form_encounter AS e
JOIN forms AS fo ON fo.pid = e.pid AND fo.encounter = e.encounter AND fo.formdir = 'vitals' AND fo.deleted = 0
JOIN form_vitals AS v ON v.id = fo.form_id
JOIN (SELECT '8480-6' AS code, 'Systolic blood pressure' AS name, 'mm[Hg]' AS units
      UNION ALL SELECT '8462-4', 'Diastolic blood pressure', 'mm[Hg]'
      UNION ALL SELECT '29463-7', 'Body weight', '[lb_av]'
      UNION ALL SELECT '8302-2', 'Body height', '[in_i]'
      UNION ALL SELECT '8310-5', 'Body temperature', '[degF]'
      UNION ALL SELECT '8867-4', 'Heart rate', '/min'
      UNION ALL SELECT '9279-1', 'Respiratory rate', '/min'
      UNION ALL SELECT '59408-5', 'Oxygen saturation', '%') AS m
WHERE e.encounter IN ($1)
  AND CASE m.code WHEN '8480-6' THEN v.bps WHEN '8462-4' THEN v.bpd WHEN '29463-7' THEN v.weight WHEN '8302-2' THEN v.height
           WHEN '8310-5' THEN v.temperature WHEN '8867-4' THEN v.pulse WHEN '9279-1' THEN v.respiration ELSE v.oxygen_saturation END > 0
