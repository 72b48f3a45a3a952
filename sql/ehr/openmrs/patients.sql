-- Patients of OpenMRS, with those that were merged away: their rows are voided there. A patient who was voided without a merge is left out,
-- so one that Redox knows is reported as gone. Names, addresses and identifiers: the preferred one in force, else the oldest.
-- A merged patient alone may have a voided identifier: the last one that was voided, because the merge voided it.
SELECT pt.patient_id,
       (SELECT i.identifier FROM patient_identifier AS i WHERE i.patient_id = pt.patient_id AND (i.voided = 0 OR pt.voided = 1)
        ORDER BY i.voided, IF(i.voided, i.date_voided, NULL) DESC, i.preferred DESC, i.patient_identifier_id LIMIT 1) AS mrn,
       GREATEST(pt.date_created, COALESCE(pt.date_changed, pt.date_created), COALESCE(pt.date_voided, pt.date_created),
                pe.date_created, COALESCE(pe.date_changed, pe.date_created),
                COALESCE((SELECT MAX(GREATEST(x.date_created, COALESCE(x.date_changed, x.date_created), COALESCE(x.date_voided, x.date_created)))
                          FROM person_name AS x WHERE x.person_id = pt.patient_id), pt.date_created),
                COALESCE((SELECT MAX(GREATEST(x.date_created, COALESCE(x.date_changed, x.date_created), COALESCE(x.date_voided, x.date_created)))
                          FROM person_address AS x WHERE x.person_id = pt.patient_id), pt.date_created),
                COALESCE((SELECT MAX(GREATEST(x.date_created, COALESCE(x.date_changed, x.date_created), COALESCE(x.date_voided, x.date_created)))
                          FROM patient_identifier AS x WHERE x.patient_id = pt.patient_id), pt.date_created),
                COALESCE((SELECT MAX(GREATEST(x.date_created, COALESCE(x.date_changed, x.date_created), COALESCE(x.date_voided, x.date_created)))
                          FROM person_attribute AS x WHERE x.person_id = pt.patient_id), pt.date_created)) AS updated_at,
       n.given_name AS first_name,
       n.middle_name,
       n.family_name AS last_name,
       pe.birthdate AS birth_date,
       pe.gender AS sex,
       NULLIF(CONCAT_WS(', ', NULLIF(a.address1, ''), NULLIF(a.address2, '')), '') AS street_address,
       a.city_village AS city,
       a.state_province AS state,
       a.postal_code AS zip,
       a.county_district AS county,
       a.country,
       (SELECT t.value FROM person_attribute AS t JOIN person_attribute_type AS ty ON ty.person_attribute_type_id = t.person_attribute_type_id
        WHERE t.person_id = pt.patient_id AND t.voided = 0 AND ty.name IN ('Telephone Number', 'phoneNumber', 'Phone Number', 'primaryContact')
        ORDER BY t.person_attribute_id DESC LIMIT 1) AS mobile_phone,
       (SELECT t.value FROM person_attribute AS t JOIN person_attribute_type AS ty ON ty.person_attribute_type_id = t.person_attribute_type_id
        WHERE t.person_id = pt.patient_id AND t.voided = 0 AND ty.name IN ('email', 'Email', 'E-mail')
        ORDER BY t.person_attribute_id DESC LIMIT 1) AS email,
       pe.dead AS deceased,
       pe.death_date AS deceased_at
FROM patient AS pt
JOIN person AS pe ON pe.person_id = pt.patient_id
LEFT JOIN person_name AS n ON n.person_name_id =
  (SELECT x.person_name_id FROM person_name AS x WHERE x.person_id = pt.patient_id ORDER BY x.voided, x.preferred DESC, x.person_name_id LIMIT 1)
LEFT JOIN person_address AS a ON a.person_address_id =
  (SELECT x.person_address_id FROM person_address AS x WHERE x.person_id = pt.patient_id ORDER BY x.voided, x.preferred DESC, x.person_address_id LIMIT 1)
WHERE (pt.voided = 0 OR EXISTS (SELECT 1 FROM person_merge_log AS l WHERE l.loser_person_id = pt.patient_id AND l.voided = 0))
  -- @by_id AND pt.patient_id IN ($1)
