-- As sections/goals.sql, for summaries.
-- $1 text[]: ids of patients. One row per goal.
SELECT summary AS patient_id,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(coalesce(resource #> '{target,0,measure}', resource -> 'description')) AS name,
       coalesce(resource #>> '{target,0,detailQuantity,value}', resource #>> '{target,0,detailString}',
                resource #>> '{target,0,detailRange,high,value}', resource #>> '{description,text}') AS value,
       coalesce(resource #>> '{target,0,detailQuantity,code}', resource #>> '{target,0,detailQuantity,unit}',
                resource #>> '{target,0,detailRange,high,unit}') AS units,
       coding(resource #> '{target,0,detailCodeableConcept}') ->> 'code' AS value_code,
       coding(resource #> '{target,0,detailCodeableConcept}') ->> 'system' AS value_code_system,
       concept_name(resource #> '{target,0,detailCodeableConcept}') AS value_name,
       whole_day(resource ->> 'statusDate') AS recorded_at,
       whole_day(resource ->> 'startDate') AS started_at,
       whole_day(resource #>> '{target,0,dueDate}') AS ended_at,
       coding(resource -> 'priority') ->> 'code' AS priority_code,
       coding(resource -> 'priority') ->> 'system' AS priority_code_system,
       concept_name(resource -> 'priority') AS priority_name,
       coding(resource -> 'achievementStatus') ->> 'code' AS achievement_status_code,
       coding(resource -> 'achievementStatus') ->> 'system' AS achievement_status_code_system,
       concept_name(resource -> 'achievementStatus') AS achievement_status_name,
       note_text(resource) AS comment
FROM goal
CROSS JOIN LATERAL (SELECT coding(coalesce(resource #> '{target,0,measure}', resource -> 'description'), 'http://loinc.org', 'http://snomed.info/sct'))
  AS read (told)
WHERE summary = ANY ($1) AND coalesce(resource ->> 'lifecycleStatus', '') NOT IN ('entered-in-error', 'rejected', 'cancelled')
