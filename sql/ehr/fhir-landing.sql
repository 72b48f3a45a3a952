-- How the resources of FHIR files land beside the ledger: one table a type, small readers of FHIR's data types for the contract, and what
-- needs all resources at once: copies, references, the visit of each clinical resource, and the version of each visit's content.
-- The landing schema is the search path. {table} is one of the landed types.

-- name: create_fhir_table
-- One row per resource.
--   id            Resource.id
--   patient       id of subject | patient | beneficiary
--   encounter     id of the Encounter that it names
--   visit         of an Encounter, its key in encounters.sql; of a clinical resource, the visit that it belongs to
--   began_at,     first and last instant of when it was recorded or happened, of an Encounter of its period; null where only a year or
--   ended_by        a month is known
--   updated_at    meta.lastUpdated
--   place         its file and line, in the order in which they were read
--   open          the references that only other resources can resolve, a line each
--   resource      the resource: references as Type/id, text of attachments as landed_text, without meta (but security and tag), text and
--                 the bytes of attachments
CREATE UNLOGGED TABLE {table} (
  id text NOT NULL, patient text, encounter text, visit text, began_at timestamptz, ended_by timestamptz, updated_at timestamptz,
  place bigint NOT NULL, open text, resource jsonb NOT NULL
);

-- name: copy_fhir_rows
COPY {table} (id, patient, encounter, visit, began_at, ended_by, updated_at, place, open, resource) FROM STDIN;

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

-- name: create_reading_functions
-- Small readers of FHIR's data types for the contract. All take what R4 and R5 write, and give null for a value of another shape.
CREATE FUNCTION elements(value jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE ROWS 2 AS $$
  -- Of an array, its elements; of one object, that object: R5 made lists of what was one.
  SELECT jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value WHEN 'object' THEN jsonb_build_array(value)
                                                       ELSE '[]'::jsonb END)
$$;
CREATE FUNCTION first_of(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  -- The first element of an array, or the object itself.
  SELECT CASE jsonb_typeof(value) WHEN 'array' THEN value -> 0 WHEN 'object' THEN value END
$$;
CREATE FUNCTION ref_id(reference jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The id behind Type/id. A reference by identifier or display alone, or into `contained`, has none.
  SELECT substring(reference ->> 'reference' FROM '^[A-Za-z]+/([^/?#]+)$')
$$;
CREATE FUNCTION coding(concept jsonb, VARIADIC systems text[] DEFAULT '{}') RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  -- The coding of the first of these systems that there is, else the one that a user selected, else the first with a code.
  SELECT item
  FROM jsonb_array_elements(CASE jsonb_typeof(concept -> 'coding') WHEN 'array' THEN concept -> 'coding' ELSE '[]' END)
       WITH ORDINALITY AS of_concept (item, place)
  WHERE item ->> 'code' IS NOT NULL
  ORDER BY array_position(systems, item ->> 'system') NULLS LAST, (item ->> 'userSelected') = 'true' DESC NULLS LAST, place
  LIMIT 1
$$;
CREATE FUNCTION other_coding(concept jsonb, told jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  -- The first coding of another system than the one that is sent.
  SELECT item
  FROM jsonb_array_elements(CASE jsonb_typeof(concept -> 'coding') WHEN 'array' THEN concept -> 'coding' ELSE '[]' END)
       WITH ORDINALITY AS of_concept (item, place)
  WHERE item ->> 'code' IS NOT NULL AND item ->> 'system' IS DISTINCT FROM told ->> 'system'
  ORDER BY place
  LIMIT 1
$$;
CREATE FUNCTION concept_name(concept jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The text that a clinician saw, else the display of the first coding that has one.
  SELECT coalesce(nullif(concept ->> 'text', ''), coding(concept) ->> 'display',
                  jsonb_path_query_first(concept, '$.coding[*].display ? (@ <> "")') #>> '{}')
$$;
CREATE FUNCTION has_code(concepts jsonb, VARIADIC codes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  -- Any coding of any of the concepts has one of the codes.
  SELECT EXISTS (SELECT FROM elements(concepts) AS concept, elements(concept -> 'coding') AS item
                 WHERE item ->> 'code' = ANY (codes))
$$;
CREATE FUNCTION whole_day(written text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- A date or time that names a day: `2019` and `2019-03` name none.
  SELECT CASE WHEN written ~ '^\d{4}-\d\d-\d\d' THEN written END
$$;
CREATE FUNCTION extension(element jsonb, url text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT item FROM elements(element -> 'extension') AS item WHERE item ->> 'url' = extension.url LIMIT 1
$$;
CREATE FUNCTION note_text(resource jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The texts of Annotation[], a line each.
  SELECT nullif(string_agg(item ->> 'text', E'\n' ORDER BY place), '')
  FROM jsonb_array_elements(CASE jsonb_typeof(resource -> 'note') WHEN 'array' THEN resource -> 'note' ELSE '[]' END)
       WITH ORDINALITY AS notes (item, place)
$$;
CREATE FUNCTION in_force(item jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  -- An identifier, name, address or number that is neither old nor ended.
  SELECT coalesce(item ->> 'use', '') <> 'old' AND item #>> '{period,end}' IS NULL
$$;
CREATE FUNCTION address_line(address jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The lines of an address in one.
  SELECT nullif(string_agg(line #>> '{}', ', ' ORDER BY place), '')
  FROM jsonb_array_elements(CASE jsonb_typeof(address -> 'line') WHEN 'array' THEN address -> 'line' ELSE '[]' END)
       WITH ORDINALITY AS lines (line, place)
$$;
CREATE FUNCTION telecom(holder jsonb, system text, use text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- A telephone number or address in force: by rank, then by order. A number without a use is one at home.
  SELECT item ->> 'value'
  FROM jsonb_array_elements(CASE jsonb_typeof(holder -> 'telecom') WHEN 'array' THEN holder -> 'telecom' ELSE '[]' END)
       WITH ORDINALITY AS numbers (item, place)
  WHERE item ->> 'system' = telecom.system AND item ->> 'value' <> '' AND in_force(item)
    AND (telecom.use IS NULL
         OR CASE WHEN item ->> 'use' IN ('work', 'mobile') THEN item ->> 'use' ELSE 'home' END = telecom.use)
  ORDER BY CASE WHEN item ->> 'rank' ~ '^\d{1,4}$' THEN (item ->> 'rank')::integer ELSE 99 END, place
  LIMIT 1
$$;
CREATE FUNCTION identifier_of(resource jsonb, system text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The value of the identifier of a system, by preference one in force; the system as URL, or as OID with or without its prefix.
  SELECT item ->> 'value'
  FROM jsonb_array_elements(CASE jsonb_typeof(resource -> 'identifier') WHEN 'array' THEN resource -> 'identifier' ELSE '[]' END)
       WITH ORDINALITY AS identifiers (item, place)
  WHERE item ->> 'value' <> '' AND item ->> 'system' IN (system, 'urn:oid:' || system)
  ORDER BY in_force(item) DESC, (item ->> 'use') = 'usual' DESC NULLS LAST, place
  LIMIT 1
$$;
CREATE FUNCTION visit_class(encounter jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The class of a visit in the words of encounters.sql: by HL7's ActCode, else by the words of the class and of the type.
  SELECT CASE
    WHEN code IN ('IMP', 'ACUTE', 'NONAC') THEN 'inpatient'
    WHEN code = 'EMER' THEN 'emergency'
    WHEN code = 'HH' THEN 'home'
    WHEN code = 'VR' THEN 'virtual'
    WHEN code IN ('AMB', 'OBSENC', 'SS', 'PRENC') THEN 'outpatient'
    WHEN code = 'FLD' THEN 'other'
    WHEN words ~* 'emergency|\mED\M|\mER\M' THEN 'emergency'
    WHEN words ~* 'outpatient' THEN 'outpatient'
    WHEN words ~* 'inpatient|\mIP\M|hospital admission' THEN 'inpatient'
    WHEN words ~* 'telehealth|telemedicine|virtual|video|telephone|e-?visit' THEN 'virtual'
    WHEN words ~* 'home (health|care|visit)|hospice' THEN 'home'
    WHEN words ~* 'ambulatory|office|clinic|appointment|\mOP\M|\mHOV\M|observation|day surgery' THEN 'outpatient'
    ELSE 'other'
  END
  FROM (SELECT CASE jsonb_typeof(encounter -> 'class') WHEN 'array' THEN coding(encounter #> '{class,0}')
                                                       ELSE encounter -> 'class' END) AS of_class (class)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN class ->> 'system' IN ('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'http://hl7.org/fhir/v3/ActCode')
                THEN class ->> 'code' END,
           concat_ws(' ', class ->> 'display', class ->> 'code', encounter #>> '{class,0,text}', concept_name(first_of(encounter -> 'type')))
  ) AS read (code, words)
$$;
CREATE FUNCTION is_test(patient jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  -- A test patient by its security label.
  SELECT EXISTS (SELECT FROM elements(patient #> '{meta,security}') AS item WHERE item ->> 'code' = 'HTEST')
$$;
CREATE FUNCTION number_in(written text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN written ~ '^-?\d{1,9}(\.\d{1,9})?$' THEN written::numeric END
$$;
CREATE FUNCTION as_text(number numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- To three decimals, without zeros behind the last.
  SELECT rtrim(rtrim(round(number, 3)::text, '0'), '.')
$$;
CREATE FUNCTION is_covered(coverage jsonb, encounter jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  -- The coverage was in force when the visit began, as far as both say.
  SELECT coalesce(coverage ->> 'status', '') NOT IN ('entered-in-error', 'cancelled', 'draft')
     AND left(coalesce(encounter #>> '{period,start}', encounter #>> '{actualPeriod,start}', '9999'), 10)
         >= left(coalesce(coverage #>> '{period,start}', '0000'), 10)
     AND left(coalesce(encounter #>> '{period,start}', encounter #>> '{actualPeriod,start}', '0000'), 10)
         <= left(coalesce(coverage #>> '{period,end}', '9999'), 10)
$$;

-- name: create_open_references
-- open_reference: the references that only the other resources resolve. open_target: what each may mean.
CREATE UNLOGGED TABLE {table} (key text NOT NULL, target text);

-- name: list_open_references
INSERT INTO open_reference (key)
SELECT DISTINCT unnest(string_to_array(open, E'\n')) FROM {table} WHERE open IS NOT NULL;

-- name: find_targets
-- By id: urn:uuid:<id>. By identifier: <Type>?identifier=<system>|<value>, also without the system.
INSERT INTO open_target (key, target)
SELECT reference.key, (item.resource ->> 'resourceType') || '/' || item.id
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
JOIN open_reference AS reference ON reference.key = own.key;

-- name: resolve_references
-- The text of a jsonb has each reference in one spelling only.
UPDATE {table} AS item
SET patient = coalesce((SELECT substring(target FROM '/(.*)$') FROM resolved WHERE key = item.patient), item.patient),
    encounter = coalesce((SELECT substring(target FROM '/(.*)$') FROM resolved WHERE key = item.encounter), item.encounter),
    visit = CASE WHEN item.visit = item.encounter
                 THEN coalesce((SELECT substring(target FROM '/(.*)$') FROM resolved WHERE key = item.encounter), item.visit)
                 ELSE item.visit END,
    resource = (
      SELECT string_agg(coalesce(resolved.target || substr(piece, length(resolved.written) + 1), piece),
                        '"reference": "' ORDER BY place)::jsonb
      FROM unnest(string_to_array(item.resource::text, '"reference": "')) WITH ORDINALITY AS pieces (piece, place)
      LEFT JOIN resolved ON place > 1 AND resolved.written = substring(piece FROM '^((?:[^"\\]|\\.)*)"')
    )
WHERE item.open IS NOT NULL;

-- name: create_resolved
CREATE UNLOGGED TABLE resolved AS
-- A key with two targets stays unresolved. WRITTEN is the key between the quotes of JSON.
SELECT key, substr(to_json(key)::text, 2, length(to_json(key)::text) - 2) AS written, min(target) AS target
FROM open_target GROUP BY key HAVING count(DISTINCT target) = 1;
CREATE INDEX ON resolved (key);
CREATE INDEX ON resolved (written);
ANALYZE resolved;

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
CREATE UNLOGGED TABLE person AS
WITH RECURSIVE chain AS (
  SELECT retired AS patient, survivor AS person, 1 AS step FROM patient_link
  UNION
  SELECT chain.patient, patient_link.survivor, step + 1
  FROM chain
  JOIN patient_link ON patient_link.retired = chain.person
  WHERE step < 20
)
SELECT DISTINCT ON (patient) patient, person FROM chain ORDER BY patient, step DESC, person;
CREATE INDEX ON person (patient);
CREATE UNLOGGED TABLE took_place AS
SELECT encounter.id, encounter.visit, coalesce(person.person, encounter.patient) AS person, encounter.began_at,
       coalesce(encounter.ended_by, CASE WHEN encounter.resource ->> 'status' IN ('arrived', 'triaged', 'in-progress', 'onleave', 'on-hold')
                                         THEN 'infinity' ELSE encounter.began_at END) AS ended_by
FROM encounter
LEFT JOIN person ON person.patient = encounter.patient
WHERE coalesce(encounter.resource ->> 'status', '') NOT IN ('planned', 'cancelled', 'entered-in-error', 'discontinued')
  AND encounter.visit IS NOT NULL;
CREATE INDEX ON took_place (person, began_at, id);
ANALYZE encounter, took_place, person;

-- name: name_visits_by_identifier
-- FHIR_VISIT_SYSTEM: the key of a visit is its identifier of that system; without one it has no key.
UPDATE {table} AS encounter SET visit = identifier_of(encounter.resource, (SELECT visit_system FROM site));

-- name: assign_visits
-- 1. The visit that the resource names, if it is one of the same person.
-- 2. Else the visit in which it began, of several the last; 3. else the last before it; 4. else the first after it.
-- A resource without a day stands under the first visit. Planned and cancelled visits take none but what names them.
UPDATE {table} AS item
SET visit = CASE
  WHEN EXISTS (
    SELECT FROM encounter AS own
    LEFT JOIN person AS one ON one.patient = own.patient
    LEFT JOIN person AS other ON other.patient = item.patient
    WHERE own.id = item.encounter
      AND (item.patient IS NULL OR coalesce(one.person, own.patient) = coalesce(other.person, item.patient))
  ) THEN (SELECT own.visit FROM encounter AS own WHERE own.id = item.encounter)
  ELSE coalesce(
    (SELECT within.visit FROM took_place AS within
     WHERE within.person = coalesce((SELECT person FROM person WHERE person.patient = item.patient), item.patient)
       AND within.began_at <= item.ended_by AND within.ended_by >= item.began_at
     ORDER BY within.began_at DESC, within.id DESC LIMIT 1),
    (SELECT earlier.visit FROM took_place AS earlier
     WHERE earlier.person = coalesce((SELECT person FROM person WHERE person.patient = item.patient), item.patient)
       AND earlier.began_at <= item.ended_by
     ORDER BY earlier.began_at DESC, earlier.id DESC LIMIT 1),
    (SELECT later.visit FROM took_place AS later
     WHERE later.person = coalesce((SELECT person FROM person WHERE person.patient = item.patient), item.patient)
     ORDER BY later.began_at NULLS LAST, later.id LIMIT 1)
  )
END
WHERE item.visit IS NULL
   OR NOT EXISTS (SELECT FROM encounter AS own
                  WHERE own.id = item.encounter AND (item.patient IS NULL OR own.patient = item.patient));

-- name: create_visit_index
CREATE INDEX ON {table} (visit);
ANALYZE {table};

-- name: create_id_index
CREATE INDEX ON {table} (id);
ANALYZE {table};

-- name: create_patient_index
CREATE INDEX ON {table} (patient);
ANALYZE {table};

-- name: create_visit_content
-- The version of each visit's content: the sum of a digest of each resource that belongs to it, in any order; and when it last changed.
CREATE UNLOGGED TABLE visit_content AS
SELECT visit, sum(('x' || left(md5(source || resource::text), 16))::bit(64)::bigint::numeric)::text AS version,
       max(updated_at) AS updated_at
FROM (
  SELECT visit, 'allergyintolerance' AS source, resource, updated_at FROM allergyintolerance
  UNION ALL SELECT visit, 'careplan', resource, updated_at FROM careplan
  UNION ALL SELECT visit, 'condition', resource, updated_at FROM condition
  UNION ALL SELECT visit, 'device', resource, updated_at FROM device
  UNION ALL SELECT visit, 'diagnosticreport', resource, updated_at FROM diagnosticreport
  UNION ALL SELECT visit, 'documentreference', resource, updated_at FROM documentreference
  UNION ALL SELECT visit, 'familymemberhistory', resource, updated_at FROM familymemberhistory
  UNION ALL SELECT visit, 'goal', resource, updated_at FROM goal
  UNION ALL SELECT visit, 'immunization', resource, updated_at FROM immunization
  UNION ALL SELECT visit, 'medicationadministration', resource, updated_at FROM medicationadministration
  UNION ALL SELECT visit, 'medicationrequest', resource, updated_at FROM medicationrequest
  UNION ALL SELECT visit, 'observation', resource, updated_at FROM observation
  UNION ALL SELECT visit, 'procedure', resource, updated_at FROM procedure
  UNION ALL SELECT visit, 'servicerequest', resource, updated_at FROM servicerequest
  UNION ALL SELECT encounter.visit, 'coverage', coverage.resource, coverage.updated_at
            FROM coverage JOIN encounter ON encounter.patient = coverage.patient
            WHERE is_covered(coverage.resource, encounter.resource)
) AS item
WHERE visit IS NOT NULL
GROUP BY visit;
CREATE INDEX ON visit_content (visit);
ANALYZE visit_content;

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
