-- Synthea's procedures, and its imaging studies as procedures that only look at the body: the way of looking by its DICOM
-- code, with the procedure beside it where the export has it. A study has a row per image, and is sent once.
-- Older exports have DATE for START, and no SYSTEM; there all are SNOMED CT.
-- $1 text[]: ids of encounters. One row per procedure or part of the body looked at.
SELECT encounter AS encounter_id,
       'procedure' AS kind,
       code,
       coalesce(system, 'SNOMED CT') AS code_system,
       description AS name,
       NULL AS alt_code,
       NULL AS alt_code_system,
       coalesce(start, date) AS performed_at,
       'completed' AS status,
       NULL AS target_site_code,
       NULL AS target_site_code_system,
       NULL AS target_site_name,
       'Reason: ' || reasondescription AS comment
FROM procedures
WHERE encounter = ANY($1)
UNION ALL
SELECT DISTINCT
       encounter,
       'observation',
       modality_code,
       -- DICOM's own codes (DCM).
       CASE WHEN modality_code IS NOT NULL THEN '1.2.840.10008.2.16.4' END,
       modality_description,
       procedure_code,
       CASE WHEN procedure_code IS NOT NULL THEN 'SNOMED CT' END,
       date,
       'completed',
       bodysite_code,
       CASE WHEN bodysite_code IS NOT NULL THEN 'SNOMED CT' END,
       bodysite_description,
       NULL
FROM imaging_studies
WHERE encounter = ANY($1)
