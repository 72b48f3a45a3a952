-- How a value stands in a CSV report, so that Postgres itself writes the files, at the speed at which it copies. One function for each
-- type that a column of a report has; reports/README.md says the rules. No table is touched, so this takes no time.

-- A spreadsheet takes a text that begins like a formula for one, and runs it ("CSV injection", OWASP). One ' in front makes it a text
-- again. What already looks defused gets one more, so that undoing it gives back the very same text. The numbers are a tab, the two line
-- breaks, + - = @ and the full-width forms of these four. An empty text is as good as none.
CREATE FUNCTION csv_field(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    -- Nearly every text begins with none of these nor with a ', and is not looked at twice.
    WHEN ascii(value) NOT IN (0, 9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312) THEN value
    WHEN ascii(ltrim(value, '''')) IN (9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312) THEN '''' || value
    ELSE nullif(value, '')
  END
$$;
COMMENT ON FUNCTION csv_field(text) IS 'A text as the CSV reports have it: defused where a spreadsheet would take it for a formula.';

-- Postgres knows infinity, and times beyond those that have a usual way of writing; a CSV has neither.
CREATE FUNCTION csv_field(value timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN value >= '0001-01-01 00:00:00+00' AND value < '10000-01-01 00:00:00+00'
    THEN to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  END
$$;
COMMENT ON FUNCTION csv_field(timestamptz) IS 'A time as the CSV reports have it: UTC, ISO 8601 with milliseconds.';

CREATE FUNCTION csv_field(value boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT value::text
$$;
COMMENT ON FUNCTION csv_field(boolean) IS 'A boolean as the CSV reports have it: true or false.';

CREATE FUNCTION csv_field(value bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT value
$$;
COMMENT ON FUNCTION csv_field(bigint) IS 'A whole number as the CSV reports have it: as it is.';
