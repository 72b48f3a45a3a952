-- Visits of OMOP's CDM 5.4 whose person has an identity. One row per visit.
-- clinical_version: of all columns of all clinical rows of the visit.
WITH content AS (
  SELECT visit_occurrence_id, sum(hashtextextended(line, 0))::text AS version
  FROM (
    SELECT visit_occurrence_id, 'condition' || r::text AS line FROM condition_occurrence AS r
    UNION ALL SELECT visit_occurrence_id, 'drug' || r::text FROM drug_exposure AS r
    UNION ALL SELECT visit_occurrence_id, 'procedure' || r::text FROM procedure_occurrence AS r
    UNION ALL SELECT visit_occurrence_id, 'measurement' || r::text FROM measurement AS r
    UNION ALL SELECT visit_occurrence_id, 'device' || r::text FROM device_exposure AS r
    UNION ALL SELECT visit_occurrence_id, 'note' || r::text FROM note AS r
    UNION ALL SELECT v.visit_occurrence_id, 'plan' || r::text
              FROM payer_plan_period AS r
              JOIN visit_occurrence AS v ON v.person_id = r.person_id
                AND v.visit_start_date BETWEEN r.payer_plan_period_start_date AND r.payer_plan_period_end_date
  ) AS part
  -- @by_id WHERE visit_occurrence_id = ANY ($1::text[]::bigint[])
  GROUP BY visit_occurrence_id
)
SELECT v.visit_occurrence_id AS encounter_id,
       v.person_id AS patient_id,
       CASE
         WHEN v.visit_concept_id IN (9201, 262, 8717, 32037, 42898160) THEN 'inpatient'
         WHEN v.visit_concept_id IN (9202, 581477, 581385, 8756, 38004693) THEN 'outpatient'
         WHEN v.visit_concept_id IN (9203, 581381, 8870) THEN 'emergency'
         WHEN v.visit_concept_id IN (581476, 38004519) THEN 'home'
         WHEN v.visit_concept_id = 5083 THEN 'virtual'
         ELSE 'other'
       END AS class,
       -- Of a stay that goes on at the time of the load, the end is that time.
       CASE WHEN 32220 IN (v.visit_type_concept_id, v.discharged_to_concept_id) THEN 'open' ELSE 'finished' END AS status,
       coalesce(nullif(v.visit_start_datetime, v.visit_start_date)::text, v.visit_start_date::text) AS started_at,
       CASE WHEN 32220 IN (v.visit_type_concept_id, v.discharged_to_concept_id) THEN NULL
            ELSE coalesce(nullif(v.visit_end_datetime, v.visit_end_date)::text, v.visit_end_date::text) END AS ended_at,
       kind.concept_name AS type_name,
       c.care_site_id AS facility_id,
       c.care_site_name AS facility_name,
       pr.provider_id,
       pr.npi AS provider_npi,
       pr.provider_name AS provider_last_name,
       coalesce(disposition.concept_name, v.discharged_to_source_value) AS discharge_disposition,
       content.version AS clinical_version
FROM visit_occurrence AS v
LEFT JOIN concept AS kind ON kind.concept_id = v.visit_concept_id AND v.visit_concept_id <> 0
LEFT JOIN concept AS disposition ON disposition.concept_id = v.discharged_to_concept_id AND v.discharged_to_concept_id <> 0
LEFT JOIN care_site AS c ON c.care_site_id = v.care_site_id
LEFT JOIN provider AS pr ON pr.provider_id = v.provider_id
LEFT JOIN content ON content.visit_occurrence_id = v.visit_occurrence_id
WHERE EXISTS (SELECT FROM person_identity AS i WHERE i.person_id = v.person_id)
  -- @by_id AND v.visit_occurrence_id = ANY ($1::text[]::bigint[])
