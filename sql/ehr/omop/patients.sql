-- Persons of OMOP's CDM 5.4. It has neither names nor record numbers: person_identity is a table or view of yours beside it.
-- One row per person with an identity.
SELECT p.person_id AS patient_id,
       i.mrn,
       i.first_name,
       i.middle_name,
       i.last_name,
       CASE WHEN p.month_of_birth IS NOT NULL AND p.day_of_birth IS NOT NULL
            THEN make_date(p.year_of_birth, p.month_of_birth, p.day_of_birth) END AS birth_date,
       CASE p.gender_concept_id WHEN 8507 THEN 'M' WHEN 8532 THEN 'F' WHEN 8521 THEN 'Other' END AS sex,
       race.concept_name AS race,
       ethnicity.concept_name AS ethnicity,
       nullif(concat_ws(', ', nullif(l.address_1, ''), nullif(l.address_2, '')), '') AS street_address,
       l.city,
       l.state,
       l.zip,
       l.county,
       i.phone AS home_phone,
       i.email,
       d.person_id IS NOT NULL AS deceased,
       d.death_date AS deceased_at
FROM person AS p
JOIN person_identity AS i ON i.person_id = p.person_id -- person has no names: make a table person_identity (person_id, mrn, first_name, middle_name, last_name, phone, email) beside it, see its README.md
LEFT JOIN location AS l ON l.location_id = p.location_id
LEFT JOIN (SELECT person_id, min(death_date) AS death_date FROM death GROUP BY person_id) AS d ON d.person_id = p.person_id
LEFT JOIN concept AS race ON race.concept_id = p.race_concept_id AND p.race_concept_id <> 0
LEFT JOIN concept AS ethnicity ON ethnicity.concept_id = p.ethnicity_concept_id AND p.ethnicity_concept_id <> 0
