-- Visits of Tamanu. A deleted one is cancelled, one without an end is open. One row per visit.
-- clinical_version: of every column that a section reads; without the ticks of the synchronisation, which differ between servers.
WITH content AS (
  SELECT encounter_id, sum(hashtextextended(line, 0))::text AS version, max(changed) AS changed
  FROM (
    SELECT d.encounter_id, jsonb_build_array(d.id, d.diagnosis_id, d.certainty, d.is_primary, d.date)::text AS line, d.updated_at AS changed
    FROM encounter_diagnoses AS d WHERE d.deleted_at IS NULL
    UNION ALL
    SELECT ep.encounter_id, jsonb_build_array(ep.id, ep.is_selected_for_discharge, p.medication_id, p.date, p.start_date, p.end_date, p.dose_amount, p.units,
             p.frequency, p.route, p.notes, p.indication, p.is_prn, p.quantity, p.repeats, p.discontinued, p.discontinued_date)::text,
           greatest(ep.updated_at, p.updated_at)
    FROM encounter_prescriptions AS ep JOIN prescriptions AS p ON p.id = ep.prescription_id
    WHERE ep.deleted_at IS NULL AND p.deleted_at IS NULL
    UNION ALL
    SELECT v.encounter_id, jsonb_build_array(v.id, v.scheduled_vaccine_id, v.vaccine_name, v.vaccine_brand, v.batch, v.status, v.reason,
             v.not_given_reason_id, v.date)::text, v.updated_at
    FROM administered_vaccines AS v WHERE v.deleted_at IS NULL
    UNION ALL
    SELECT p.encounter_id, jsonb_build_array(p.id, p.procedure_type_id, p.date, p.start_time, p.completed, p.note, p.completed_note)::text, p.updated_at
    FROM procedures AS p WHERE p.deleted_at IS NULL
    UNION ALL
    SELECT r.encounter_id, jsonb_build_array(r.id, r.status, r.lab_test_category_id, r.sample_time, r.sample_id, t.id, t.lab_test_type_id, t.result, t.date,
             t.completed_date)::text, greatest(t.updated_at, r.updated_at)
    FROM lab_tests AS t JOIN lab_requests AS r ON r.id = t.lab_request_id WHERE t.deleted_at IS NULL AND r.deleted_at IS NULL
    UNION ALL
    SELECT s.encounter_id, jsonb_build_array(a.id, a.data_element_id, a.body, s.start_time, s.end_time)::text, greatest(a.updated_at, s.updated_at)
    FROM survey_responses AS s JOIN survey_response_answers AS a ON a.response_id = s.id JOIN surveys AS v ON v.id = s.survey_id
    WHERE v.survey_type = 'vitals' AND a.deleted_at IS NULL AND s.deleted_at IS NULL
    UNION ALL
    SELECT n.record_id, jsonb_build_array(n.id, n.revised_by_id, n.note_type, n.date, n.content, n.visibility_status)::text, n.updated_at
    FROM notes AS n WHERE n.record_type = 'Encounter' AND n.note_type IS DISTINCT FROM 'system' AND n.deleted_at IS NULL
    UNION ALL
    SELECT i.encounter_id, jsonb_build_array(i.status, i.imaging_type, r.id, r.description, r.completed_at, r.visibility_status)::text, greatest(i.updated_at, r.updated_at)
    FROM imaging_requests AS i JOIN imaging_results AS r ON r.imaging_request_id = i.id WHERE i.deleted_at IS NULL AND r.deleted_at IS NULL
    UNION ALL
    SELECT e.id, jsonb_build_array(a.id, a.allergy_id, a.reaction_id, a.recorded_date, a.note)::text, a.updated_at
    FROM encounters AS e JOIN patient_allergies AS a ON a.patient_id = e.patient_id WHERE a.deleted_at IS NULL AND a.recorded_date <= e.end_date
    UNION ALL
    SELECT e.id, jsonb_build_array(c.id, c.condition_id, c.resolved, c.recorded_date, c.resolution_date, c.note)::text, c.updated_at
    FROM encounters AS e JOIN patient_conditions AS c ON c.patient_id = e.patient_id WHERE c.deleted_at IS NULL AND c.recorded_date <= e.end_date
    UNION ALL
    SELECT e.id, jsonb_build_array(h.id, h.diagnosis_id, h.relationship, h.recorded_date, h.note)::text, h.updated_at
    FROM encounters AS e JOIN patient_family_histories AS h ON h.patient_id = e.patient_id WHERE h.deleted_at IS NULL AND h.recorded_date <= e.end_date
    UNION ALL
    SELECT e.id, jsonb_build_array(c.id, c.care_plan_id, c.date)::text, c.updated_at
    FROM encounters AS e JOIN patient_care_plans AS c ON c.patient_id = e.patient_id WHERE c.deleted_at IS NULL AND c.date <= e.end_date
  ) AS part
  -- @by_id WHERE encounter_id = ANY ($1)
  GROUP BY encounter_id
)
SELECT e.id AS encounter_id,
       e.patient_id,
       greatest(e.updated_at, d.updated_at, content.changed) AS updated_at,
       CASE
         WHEN e.encounter_type = 'admission' THEN 'inpatient'
         WHEN e.encounter_type IN ('emergency', 'triage', 'observation') THEN 'emergency'
         WHEN e.encounter_type IN ('clinic', 'imaging', 'vaccination') THEN 'outpatient'
         ELSE 'other'
       END AS class,
       CASE WHEN e.deleted_at IS NOT NULL THEN 'cancelled' WHEN e.end_date IS NULL THEN 'open' ELSE 'finished' END AS status,
       e.start_date AS started_at,
       e.end_date AS ended_at,
       nullif(e.reason_for_encounter, '') AS reason_name,
       f.id AS facility_id,
       f.name AS facility_name,
       dep.name AS department,
       u.id AS provider_id,
       u.display_name AS provider_last_name,
       disposition.name AS discharge_disposition,
       content.version AS clinical_version
FROM encounters AS e
LEFT JOIN locations AS l ON l.id = e.location_id
LEFT JOIN facilities AS f ON f.id = l.facility_id
LEFT JOIN departments AS dep ON dep.id = e.department_id
LEFT JOIN users AS u ON u.id = e.examiner_id
LEFT JOIN (
  -- Two facilities may each have discharged the patient; the last one counts.
  SELECT DISTINCT ON (encounter_id) encounter_id, disposition_id, updated_at
  FROM discharges
  WHERE deleted_at IS NULL
  ORDER BY encounter_id, updated_at DESC, id
) AS d ON d.encounter_id = e.id
LEFT JOIN reference_data AS disposition ON disposition.id = d.disposition_id
LEFT JOIN content ON content.encounter_id = e.id
WHERE e.encounter_type <> 'surveyResponse'
  -- @by_id AND e.id = ANY ($1)
