-- Small readers of FHIR's data types, for the contract. The landing schema is the search path.
-- In these functions no other of them stands before WITH ORDINALITY: Postgres would plan it again at each call.

-- name: create_reading_functions
-- All take what R4 and R5 write, and give null for a value of another shape.
CREATE FUNCTION elements(value jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE ROWS 2 AS $$
  -- Of an array, its elements; of one object, that object: R5 made lists of what was one.
  SELECT jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value WHEN 'object' THEN jsonb_build_array(value)
                                                       ELSE '[]'::jsonb END)
$$;
CREATE FUNCTION texts(value jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE ROWS 2 AS $$
  -- Of an array, its texts that are not empty; of one text, that text.
  SELECT item #>> '{}'
  FROM jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value WHEN 'string' THEN jsonb_build_array(value) ELSE '[]' END)
       AS items (item)
  WHERE jsonb_typeof(item) = 'string' AND item <> '""'
$$;
CREATE FUNCTION word(element jsonb, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The text or number of that name; of a list or an object in its place nothing, for it would be sent as JSON.
  SELECT CASE WHEN jsonb_typeof(element -> name) IN ('string', 'number') THEN element ->> name END
$$;
CREATE FUNCTION first_of(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  -- The first element of an array, or the object itself.
  SELECT CASE jsonb_typeof(value) WHEN 'array' THEN value -> 0 WHEN 'object' THEN value END
$$;
CREATE FUNCTION resolved_reference(written text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
  -- Type/id of a reference by UUID or by identifier; null where the export does not say what it means. Its plan is kept.
BEGIN
  RETURN (SELECT target FROM resolved WHERE key = written);
END
$$;
CREATE FUNCTION id_in(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(reference FROM '^[A-Za-z]+/([^/?#]+)$')
$$;
CREATE FUNCTION written_in(reference jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The words of a reference, also within R5's CodeableReference.
  SELECT coalesce(reference #>> '{reference,reference}', reference ->> 'reference')
$$;
CREATE FUNCTION ref_id(reference jsonb) RETURNS text LANGUAGE sql STABLE AS $$
  -- The id that a reference means. One into `contained`, by a bare identifier or by display has none.
  SELECT coalesce(id_in(written_in(reference)), id_in(resolved_reference(written_in(reference))))
$$;
CREATE FUNCTION ref_type(reference jsonb) RETURNS text LANGUAGE sql STABLE AS $$
  -- The type of what a reference means, as far as it says.
  SELECT coalesce(substring(written_in(reference) FROM '^([A-Za-z]+)[/?]'),
                  substring(resolved_reference(written_in(reference)) FROM '^([A-Za-z]+)/'))
$$;
CREATE FUNCTION coding(concept jsonb, VARIADIC systems text[] DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
  -- The coding of the first of these systems that there is, else the one that a user selected, else the first with a code.
BEGIN
  IF jsonb_typeof(concept -> 'coding') IS DISTINCT FROM 'array' THEN RETURN NULL; END IF;
  -- Most concepts have one, and a query takes ten times as long.
  IF jsonb_array_length(concept -> 'coding') = 1 THEN
    RETURN CASE WHEN concept #>> '{coding,0,code}' IS NOT NULL THEN concept #> '{coding,0}' END;
  END IF;
  RETURN (SELECT item
          FROM jsonb_array_elements(concept -> 'coding') WITH ORDINALITY AS of_concept (item, place)
          WHERE item ->> 'code' IS NOT NULL
          ORDER BY array_position(systems, item ->> 'system') NULLS LAST, (item ->> 'userSelected') = 'true' DESC NULLS LAST, place
          LIMIT 1);
END
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
CREATE FUNCTION is_visit_diagnosis(condition jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  -- A condition of the category encounter-diagnosis.
  SELECT has_code(condition -> 'category', 'encounter-diagnosis') AND NOT has_code(condition -> 'verificationStatus', 'entered-in-error')
$$;
CREATE FUNCTION whole_day(written text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- A date or time that names a day: `2019` and `2019-03` name none.
  SELECT CASE WHEN written ~ '^\d{4}-\d\d-\d\d' THEN written END
$$;
CREATE FUNCTION extension(element jsonb, url text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT item FROM elements(element -> 'extension') AS item WHERE item ->> 'url' = extension.url LIMIT 1
$$;
CREATE FUNCTION note_text(resource jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  -- The texts of Annotation[], a line each.
  SELECT nullif(string_agg(item ->> 'text', E'\n' ORDER BY place), '')
  FROM jsonb_array_elements(CASE jsonb_typeof(resource -> 'note') WHEN 'array' THEN resource -> 'note' ELSE '[]' END)
       WITH ORDINALITY AS notes (item, place)
$$;
CREATE FUNCTION in_force(item jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  -- An identifier, name, address or number that is not old and today within its period; `2026` ends with that year.
  SELECT coalesce(item ->> 'use', '') <> 'old'
     AND coalesce(left(item #>> '{period,end}', 10), '') || '~' >= to_char(current_date, 'YYYY-MM-DD') COLLATE "C"
     AND coalesce(left(item #>> '{period,start}', 10), '') <= to_char(current_date, 'YYYY-MM-DD') COLLATE "C"
$$;
CREATE FUNCTION address_line(address jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  -- The lines of an address in one.
  SELECT nullif(string_agg(line, ', ' ORDER BY place), '')
  FROM jsonb_array_elements_text(CASE jsonb_typeof(address -> 'line') WHEN 'array' THEN address -> 'line'
                                   WHEN 'string' THEN jsonb_build_array(address -> 'line') ELSE '[]' END)
       WITH ORDINALITY AS lines (line, place)
  WHERE line <> ''
$$;
CREATE FUNCTION telecom(holder jsonb, system text, use text) RETURNS text LANGUAGE sql STABLE AS $$
  -- A telephone number or address in force: by rank, then by order. A number without a use is one at home.
  SELECT item ->> 'value'
  FROM jsonb_array_elements(CASE jsonb_typeof(holder -> 'telecom') WHEN 'array' THEN holder -> 'telecom'
                              WHEN 'object' THEN jsonb_build_array(holder -> 'telecom') ELSE '[]' END)
       WITH ORDINALITY AS numbers (item, place)
  WHERE item ->> 'system' = telecom.system AND item ->> 'value' <> '' AND in_force(item)
    AND (telecom.use IS NULL
         OR CASE WHEN item ->> 'use' IN ('work', 'mobile') THEN item ->> 'use' ELSE 'home' END = telecom.use)
  ORDER BY CASE WHEN item ->> 'rank' ~ '^\d{1,4}$' THEN (item ->> 'rank')::integer ELSE 99 END, place
  LIMIT 1
$$;
CREATE FUNCTION identifier_of(resource jsonb, system text) RETURNS text LANGUAGE sql STABLE STRICT AS $$
  -- The value of the identifier of a system, by preference one in force; the system as URL, or as OID with or without its prefix.
  SELECT item ->> 'value'
  FROM jsonb_array_elements(CASE jsonb_typeof(resource -> 'identifier') WHEN 'array' THEN resource -> 'identifier'
                              WHEN 'object' THEN jsonb_build_array(resource -> 'identifier') ELSE '[]' END)
       WITH ORDINALITY AS identifiers (item, place)
  WHERE item ->> 'value' <> '' AND item ->> 'system' IN (system, 'urn:oid:' || system)
  ORDER BY in_force(item) DESC, (item ->> 'use') = 'usual' DESC NULLS LAST, place
  LIMIT 1
$$;
CREATE FUNCTION class_in_words(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN words ~* 'emergency|\mED\M|\mER\M' THEN 'emergency'
    WHEN words ~* 'outpatient' THEN 'outpatient'
    WHEN words ~* 'inpatient|\mIP\M|hospital admission' THEN 'inpatient'
    WHEN words ~* 'telehealth|telemedicine|virtual|video|telephone|e-?visit' THEN 'virtual'
    WHEN words ~* 'home (health|care|visit)|hospice' THEN 'home'
    WHEN words ~* 'ambulatory|office|clinic|appointment|\mOP\M|\mHOV\M|observation|day surgery' THEN 'outpatient'
    ELSE 'other'
  END
$$;
CREATE FUNCTION visit_class(encounter jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- The class of a visit in the words of encounters.sql: by HL7's ActCode, else by the words of the class and of the type.
  -- OFFSET 0, and a function of its own for the words: otherwise Postgres plans all of it again for each visit.
  SELECT CASE
    WHEN code IN ('IMP', 'ACUTE', 'NONAC') THEN 'inpatient'
    WHEN code = 'EMER' THEN 'emergency'
    WHEN code = 'HH' THEN 'home'
    WHEN code = 'VR' THEN 'virtual'
    WHEN code IN ('AMB', 'OBSENC', 'SS', 'PRENC') THEN 'outpatient'
    WHEN code = 'FLD' THEN 'other'
    ELSE class_in_words(concat_ws(' ', class ->> 'display', class ->> 'code', encounter #>> '{class,0,text}',
                                  concept_name(first_of(encounter -> 'type'))))
  END
  FROM (SELECT class, CASE WHEN class ->> 'system' IN ('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'http://hl7.org/fhir/v3/ActCode')
                           THEN class ->> 'code' END AS code
        FROM (SELECT CASE jsonb_typeof(encounter -> 'class')
                       WHEN 'array' THEN coding(encounter #> '{class,0}')
                       -- DSTU2 has a word.
                       WHEN 'string' THEN jsonb_build_object('display', encounter -> 'class')
                       ELSE encounter -> 'class' END) AS of_class (class)
        OFFSET 0) AS read
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
