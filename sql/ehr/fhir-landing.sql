-- How the resources of FHIR files land beside the ledger: one table a type, and what needs all resources at once: copies, references, the
-- visit of each clinical resource, and the version of each visit's content.
-- The landing schema is the search path. {table} is one of the landed types.

-- name: create_fhir_table
-- One row per resource.
--   id            Resource.id
--   patient       id of subject | patient | beneficiary
--   encounter     id of the Encounter that it names
--   visit         of an Encounter, its key in encounters.sql; of a clinical resource, the visit that it belongs to
--   summary       of a clinical resource that no document of a visit tells, the patient in whose summary it stands
--   began_at,     first and last instant of when it was recorded or happened, of an Encounter of its period; null where only a year or
--   ended_by        a month is known
--   updated_at    meta.lastUpdated
--   place         its file and line, in the order in which they were read
--   digest        of the resource as it landed
--   resource      the resource: references as Type/id, or as a key that other resources resolve when it is read (ref_id), text of
--                 attachments as landed_text, without meta (but security and tag), text and the bytes of attachments
CREATE UNLOGGED TABLE {table} (
  id text NOT NULL, patient text, encounter text, visit text, summary text, began_at timestamptz, ended_by timestamptz, updated_at timestamptz,
  place bigint NOT NULL, digest bigint NOT NULL, resource jsonb NOT NULL
);

-- name: copy_fhir_rows
COPY {table} (id, patient, encounter, visit, began_at, ended_by, updated_at, place, digest, resource) FROM STDIN;

-- name: create_site
-- What the site has set. One row.
CREATE UNLOGGED TABLE {table} (mrn_system text, visit_system text);

-- name: describe_site
-- $1 text: FHIR_MRN_SYSTEM. $2 text: FHIR_VISIT_SYSTEM. Null where not set.
INSERT INTO {table} (mrn_system, visit_system) VALUES ($1::text, $2::text);

-- name: drop_fhir_copies
-- Of a resource that came several times, keeps the newest by meta.lastUpdated, then the last by file name and line.
-- One row: how many were dropped.
WITH dropped AS (
  DELETE FROM {table} AS item
  USING (
    SELECT ctid AS at, row_number() OVER (PARTITION BY id ORDER BY updated_at DESC NULLS LAST, place DESC) AS turn
    FROM {table}
    WHERE id IN (SELECT id FROM {table} GROUP BY id HAVING count(*) > 1)
  ) AS copies
  WHERE item.ctid = copies.at AND copies.turn > 1
  RETURNING item.id
)
SELECT count(*) AS dropped FROM dropped;

-- name: create_open_references
-- open_reference: the references that only the other resources resolve, some of them several times. open_target: what each may mean.
CREATE UNLOGGED TABLE open_reference (key text NOT NULL);
CREATE UNLOGGED TABLE open_target (key text NOT NULL, target text NOT NULL);

-- name: copy_open_references
COPY {table} (key) FROM STDIN;

-- name: list_open_types
-- Which types open references may name: `urn` for any. One row per type.
SELECT DISTINCT CASE WHEN key LIKE 'urn:%' THEN 'urn' ELSE split_part(key, '?', 1) END AS type FROM {table};

-- name: find_targets
-- By id: urn:uuid:<id>. By identifier: <Type>?identifier=<system>|<value>, also without the system.
INSERT INTO open_target (key, target)
SELECT own.key, (item.resource ->> 'resourceType') || '/' || item.id
FROM {table} AS item
CROSS JOIN LATERAL (
  SELECT 'urn:uuid:' || lower(item.id) AS key
  UNION ALL
  SELECT 'urn:oid:' || lower(item.id)
  UNION ALL
  SELECT (item.resource ->> 'resourceType') || '?identifier=' || written
  FROM elements(item.resource -> 'identifier') AS identifier
  CROSS JOIN LATERAL (VALUES ((identifier ->> 'system') || '|' || (identifier ->> 'value')), ('|' || (identifier ->> 'value')),
                             (identifier ->> 'value')) AS spelling (written)
) AS own
WHERE own.key IN (SELECT key FROM open_reference);

-- name: create_resolved
-- What each open reference means; one with two targets stays unresolved.
CREATE UNLOGGED TABLE resolved AS
SELECT key, min(target) AS target FROM open_target GROUP BY key HAVING count(DISTINCT target) = 1;
CREATE INDEX ON resolved (key);
ANALYZE resolved;

-- name: resolve_owners
-- Patient and visit of a resource. Everything else is resolved when it is read.
UPDATE {table}
SET patient = coalesce(id_in(resolved_reference(patient)), patient),
    encounter = coalesce(id_in(resolved_reference(encounter)), encounter),
    visit = CASE WHEN visit = encounter THEN coalesce(id_in(resolved_reference(encounter)), visit) ELSE visit END
WHERE patient LIKE 'urn:%' OR patient LIKE 'Patient?%' OR encounter LIKE 'urn:%' OR encounter LIKE 'Encounter?%';

-- name: create_visits
-- Whose visits there are: the patients that are one person by Patient.link, and the visits that took place.
CREATE INDEX ON encounter (id);
CREATE UNLOGGED TABLE patient_link AS
SELECT DISTINCT ON (retired) retired, survivor
FROM (
  SELECT patient.id AS retired, ref_id(link -> 'other') AS survivor, 1 AS side
  FROM patient, elements(patient.resource -> 'link') AS link WHERE link ->> 'type' = 'replaced-by'
  UNION ALL
  SELECT ref_id(link -> 'other'), patient.id, 2
  FROM patient, elements(patient.resource -> 'link') AS link WHERE link ->> 'type' = 'replaces'
) AS links
WHERE retired <> survivor
ORDER BY retired, side, survivor;
CREATE UNLOGGED TABLE person AS SELECT retired AS patient, survivor AS person FROM patient_link;
CREATE INDEX ON person (patient);
ANALYZE person;

-- name: follow_links
-- Every patient one survivor further, then two, then four: repeated until none moves. One row: how many moved.
WITH moved AS (
  UPDATE {table} AS person SET person = next.person
  FROM {table} AS next
  WHERE next.patient = person.person AND next.person <> person.person
  RETURNING person.patient
)
SELECT count(*) AS moved FROM moved;

-- name: leave_circles
-- A patient whose links lead in a circle stands for himself.
DELETE FROM {table} AS person WHERE EXISTS (SELECT FROM patient_link WHERE retired = person.person);

-- name: create_visits_that_took_place
CREATE UNLOGGED TABLE took_place AS
SELECT encounter.id, encounter.visit, coalesce(person.person, encounter.patient) AS person, encounter.began_at,
       coalesce(encounter.ended_by, CASE WHEN encounter.resource ->> 'status' IN ('arrived', 'triaged', 'in-progress', 'onleave', 'on-hold')
                                         THEN 'infinity' ELSE encounter.began_at END) AS ended_by,
       coalesce(encounter.resource ->> 'status', '') IN ('finished', 'completed', 'discharged')
         OR coalesce(encounter.resource ->> 'status', '') NOT IN ('arrived', 'triaged', 'in-progress', 'onleave', 'on-hold')
            AND coalesce(encounter.resource #>> '{period,end}', encounter.resource #>> '{actualPeriod,end}') IS NOT NULL AS is_over
FROM encounter
LEFT JOIN person ON person.patient = encounter.patient
WHERE coalesce(encounter.resource ->> 'status', '') NOT IN ('planned', 'cancelled', 'entered-in-error', 'discontinued')
  AND encounter.visit IS NOT NULL;
-- reaches: the last end of all visits of the person that began until then. encloses: it ends after the next one has ended.
CREATE UNLOGGED TABLE visit_in_turn AS
SELECT took_place.*, max(ended_by) OVER in_turn AS reaches, coalesce(ended_by > lead(ended_by) OVER in_turn, false) AS encloses
FROM took_place
WINDOW in_turn AS (PARTITION BY person ORDER BY began_at, id);
-- Not by id as well: two ids may be too long for one entry.
CREATE INDEX ON visit_in_turn (person, began_at);
CREATE INDEX ON visit_in_turn (person, began_at) WHERE encloses;
-- Persons of whom a visit is over.
CREATE UNLOGGED TABLE seen AS SELECT DISTINCT person FROM took_place WHERE is_over AND person IS NOT NULL;
ANALYZE encounter, visit_in_turn, person, seen;

-- name: name_visits_by_identifier
-- FHIR_VISIT_SYSTEM: the key of a visit is its identifier of that system; without one it has no key.
-- One of more than 2,000 bytes is none: no index has room for it.
UPDATE {table} AS encounter SET visit = number
FROM (SELECT ctid AS place, identifier_of(resource, (SELECT visit_system FROM site)) AS number FROM {table}) AS own
WHERE encounter.ctid = own.place AND octet_length(number) <= 2000;

-- name: assign_visits
-- 1. The visit that the resource names, if it is one of the same person.
-- 2. Else the visit in which it began, of several the last; 3. else the last before it; 4. else the first after it.
-- A resource without a day stands under the first visit. Planned and cancelled visits take none but what names them.
-- What has no visit by these rules, since the person has none, stands in the person's summary, and so does everything that names no visit
-- until the first one is over.
UPDATE {table} AS item
SET visit = found.visit, summary = CASE WHEN found.visit IS NULL OR NOT (found.is_named OR found.is_seen) THEN found.person END
FROM (
  SELECT placed.place, placed.person, placed.is_named, placed.is_seen,
         CASE WHEN placed.is_named THEN placed.named
              ELSE coalesce(
                -- Another than the last one can only be a visit that encloses later ones, and only where one reaches so far.
                CASE WHEN last_before.ended_by >= placed.began_at OR last_before.reaches < placed.began_at THEN last_before.visit
                     ELSE (SELECT visit FROM visit_in_turn AS around
                           WHERE around.person = placed.person AND around.encloses
                             AND around.began_at <= placed.ended_by AND around.ended_by >= placed.began_at
                           ORDER BY began_at DESC, id DESC LIMIT 1) END,
                last_before.visit,
                (SELECT visit FROM visit_in_turn WHERE person = placed.person ORDER BY began_at, id LIMIT 1)) END AS visit
  FROM (
    SELECT moving.ctid AS place, moving.began_at, moving.ended_by, coalesce(person.person, moving.patient) AS person, own.visit AS named,
           own.id IS NOT NULL AND (moving.patient IS NULL OR coalesce(theirs.person, own.patient) = coalesce(person.person, moving.patient))
             AS is_named, seen.person IS NOT NULL AS is_seen
    FROM {table} AS moving
    LEFT JOIN person ON person.patient = moving.patient
    LEFT JOIN seen ON seen.person = coalesce(person.person, moving.patient)
    LEFT JOIN encounter AS own ON own.id = moving.encounter
    LEFT JOIN person AS theirs ON theirs.patient = own.patient
    WHERE moving.visit IS NULL OR own.id IS NULL OR moving.patient <> own.patient OR (own.patient IS NULL AND moving.patient IS NOT NULL)
  ) AS placed
  LEFT JOIN LATERAL (
    SELECT visit, ended_by, reaches FROM visit_in_turn
    WHERE person = placed.person AND began_at <= placed.ended_by AND NOT placed.is_named
    ORDER BY began_at DESC, id DESC LIMIT 1
  ) AS last_before ON true
) AS found
WHERE item.ctid = found.place;

-- name: create_visit_index
CREATE INDEX ON {table} (visit);
CREATE INDEX ON {table} (summary) WHERE summary IS NOT NULL;
ANALYZE {table};

-- name: create_id_index
CREATE INDEX ON {table} (id);
ANALYZE {table};

-- name: create_patient_index
CREATE INDEX ON {table} (patient);
ANALYZE {table};

-- name: create_content
-- The digests of all resources that the sections of a visit or a summary read: first what belongs to it, then what that refers to. The
-- version of a content is their sum, in any order.
CREATE VIEW content AS
SELECT visit, NULL::text AS summary, digest, updated_at FROM encounter
UNION ALL SELECT visit, summary, digest, updated_at FROM allergyintolerance
UNION ALL SELECT visit, summary, digest, updated_at FROM careplan
UNION ALL SELECT visit, summary, digest, updated_at FROM careteam
UNION ALL SELECT visit, summary, digest, updated_at FROM condition
UNION ALL SELECT visit, summary, digest, updated_at FROM device
UNION ALL SELECT visit, summary, digest, updated_at FROM diagnosticreport
UNION ALL SELECT visit, summary, digest, updated_at FROM documentreference
UNION ALL SELECT visit, summary, digest, updated_at FROM familymemberhistory
UNION ALL SELECT visit, summary, digest, updated_at FROM goal
UNION ALL SELECT visit, summary, digest, updated_at FROM immunization
UNION ALL SELECT visit, summary, digest, updated_at FROM medicationadministration
UNION ALL SELECT visit, summary, digest, updated_at FROM medicationrequest
UNION ALL SELECT visit, summary, digest, updated_at FROM medicationstatement
UNION ALL SELECT visit, summary, digest, updated_at FROM observation
UNION ALL SELECT visit, summary, digest, updated_at FROM procedure
UNION ALL SELECT visit, summary, digest, updated_at FROM servicerequest
UNION ALL SELECT encounter.visit, NULL, coverage.digest, coverage.updated_at
          FROM coverage JOIN encounter ON encounter.patient = coverage.patient
          WHERE is_covered(coverage.resource, encounter.resource)
UNION ALL SELECT item.visit, NULL, condition.digest, condition.updated_at
          FROM encounter AS item, elements(item.resource -> 'diagnosis') AS diagnosis
          JOIN condition ON condition.id = ref_id(first_of(diagnosis -> 'condition'))
UNION ALL SELECT item.visit, NULL, condition.digest, condition.updated_at
          FROM encounter AS item
          JOIN condition ON condition.id = ref_id(coalesce(item.resource #> '{reasonReference,0}', item.resource #> '{reason,0,value,0}'))
UNION ALL SELECT item.visit, item.summary, condition.digest, condition.updated_at
          FROM (SELECT visit, summary, resource FROM medicationrequest
                UNION ALL SELECT visit, summary, resource FROM medicationstatement
                UNION ALL SELECT visit, summary, resource FROM medicationadministration) AS item,
               elements(coalesce(item.resource -> 'reasonReference', item.resource -> 'reason')) AS reason
          JOIN condition ON condition.id = ref_id(reason)
UNION ALL SELECT item.visit, item.summary, practitioner.digest, practitioner.updated_at
          FROM careteam AS item, elements(item.resource -> 'participant') AS participant
          LEFT JOIN practitionerrole ON practitionerrole.id = ref_id(participant -> 'member')
          JOIN practitioner ON practitioner.id = coalesce(ref_id(practitionerrole.resource -> 'practitioner'), ref_id(participant -> 'member'))
UNION ALL SELECT item.visit, item.summary, medication.digest, medication.updated_at
          FROM (SELECT visit, summary, resource FROM medicationrequest
                UNION ALL SELECT visit, summary, resource FROM medicationstatement
                UNION ALL SELECT visit, summary, resource FROM medicationadministration) AS item
          JOIN medication ON medication.id = ref_id(coalesce(item.resource -> 'medicationReference', item.resource -> 'medication'))
UNION ALL SELECT item.visit, item.summary, organization.digest, organization.updated_at
          FROM immunization AS item JOIN organization ON organization.id = ref_id(item.resource -> 'manufacturer')
UNION ALL SELECT encounter.visit, NULL, organization.digest, organization.updated_at
          FROM coverage
          JOIN encounter ON encounter.patient = coverage.patient
          JOIN organization ON organization.id = ref_id(coalesce(first_of(coverage.resource -> 'payor'), coverage.resource -> 'insurer'))
          WHERE is_covered(coverage.resource, encounter.resource)
UNION ALL SELECT item.visit, item.summary, organization.digest, organization.updated_at
          FROM diagnosticreport AS item JOIN organization ON organization.id = ref_id(item.resource #> '{performer,0}')
UNION ALL SELECT item.visit, item.summary, specimen.digest, specimen.updated_at
          FROM diagnosticreport AS item JOIN specimen ON specimen.id = ref_id(item.resource #> '{specimen,0}')
UNION ALL SELECT item.visit, item.summary, specimen.digest, specimen.updated_at
          FROM observation AS item JOIN specimen ON specimen.id = ref_id(item.resource -> 'specimen');
CREATE UNLOGGED TABLE visit_content AS
SELECT visit, sum(digest)::text AS version, max(updated_at) AS updated_at FROM content WHERE visit IS NOT NULL GROUP BY visit;
CREATE INDEX ON visit_content (visit);
CREATE UNLOGGED TABLE summary_content AS
SELECT summary, sum(digest)::text AS version, max(updated_at) AS updated_at FROM content WHERE summary IS NOT NULL GROUP BY summary;
CREATE INDEX ON summary_content (summary);
ANALYZE visit_content, summary_content;

-- name: list_identifier_systems
-- Which systems the identifiers of a type have, for FHIR_MRN_SYSTEM and FHIR_VISIT_SYSTEM.
-- One row per system and type code: how many resources have such an identifier, and how many there are; the most frequent first.
SELECT identifier ->> 'system' AS system, first_of(identifier #> '{type,coding}') ->> 'code' AS type,
       count(DISTINCT item.id) AS resources, (SELECT count(*) FROM {table}) AS all_resources
FROM {table} AS item, elements(item.resource -> 'identifier') AS identifier
WHERE identifier ->> 'value' <> ''
GROUP BY 1, 2
ORDER BY resources DESC, system, type
LIMIT 20;
