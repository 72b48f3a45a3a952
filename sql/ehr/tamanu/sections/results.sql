-- Results of laboratories; a request is a panel. One row per test with a result.
SELECT r.encounter_id,
       r.id AS panel_id,
       c.code AS panel_code,
       c.name AS panel_name,
       r.sample_time AS specimen_collected_at,
       r.sample_id AS specimen_id,
       lt.code,
       lt.name,
       coalesce(t.completed_date, t.date) AS observed_at,
       CASE r.status WHEN 'published' THEN 'final' ELSE 'preliminary' END AS status,
       t.result AS value,
       nullif(lt.unit, '') AS units,
       CASE p.sex::text WHEN 'male' THEN lt.male_min WHEN 'female' THEN lt.female_min END AS reference_low,
       CASE p.sex::text WHEN 'male' THEN lt.male_max WHEN 'female' THEN lt.female_max END AS reference_high,
       lt.range_text AS reference_text
FROM lab_tests AS t
JOIN lab_requests AS r ON r.id = t.lab_request_id AND r.deleted_at IS NULL
JOIN encounters AS e ON e.id = r.encounter_id
JOIN patients AS p ON p.id = e.patient_id
JOIN lab_test_types AS lt ON lt.id = t.lab_test_type_id
LEFT JOIN reference_data AS c ON c.id = r.lab_test_category_id
WHERE r.encounter_id = ANY ($1) AND t.deleted_at IS NULL AND t.result <> ''
  AND r.status NOT IN ('deleted', 'entered-in-error', 'cancelled', 'invalidated', 'sample-not-collected')
