-- Answers of the survey of vital signs, by the codes of its elements. One row per value.
SELECT s.encounter_id,
       coalesce(s.start_time, s.end_time) AS observed_at,
       m.loinc AS code,
       'LOINC' AS code_system,
       d.name,
       a.body AS value,
       m.unit AS units,
       'completed' AS status
FROM survey_responses AS s
JOIN surveys AS v ON v.id = s.survey_id AND v.survey_type = 'vitals'
JOIN survey_response_answers AS a ON a.response_id = s.id AND a.deleted_at IS NULL
JOIN program_data_elements AS d ON d.id = a.data_element_id
JOIN (VALUES ('PatientVitalsHeight', '8302-2', 'cm'), ('PatientVitalsWeight', '29463-7', 'kg'), ('PatientVitalsBMI', '39156-5', 'kg/m2'),
             ('PatientVitalsSBP', '8480-6', 'mm[Hg]'), ('PatientVitalsDBP', '8462-4', 'mm[Hg]'), ('PatientVitalsMAP', '8478-0', 'mm[Hg]'),
             ('PatientVitalsHeartRate', '8867-4', '/min'), ('PatientVitalsRespiratoryRate', '9279-1', '/min'),
             ('PatientVitalsTemperature', '8310-5', 'Cel'), ('PatientVitalsSPO2', '59408-5', '%')) AS m (element, loinc, unit)
  ON m.element = d.code
WHERE s.encounter_id = ANY ($1) AND s.deleted_at IS NULL AND a.body ~ '^[0-9.]+$'
