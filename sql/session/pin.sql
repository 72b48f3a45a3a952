-- Sets what a session must not take from its role, its database or its server. A setting that this server does not know is left out, and one
-- that our role may not set stays as it is. $1 text[], $2 text[]: names and values. One row per setting: what it was, and whether it is set.
SELECT wanted.name,
       known.setting AS was,
       CASE WHEN known.context IS NULL OR known.context OPERATOR(pg_catalog.=) 'user' OR pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on'
            THEN pg_catalog.set_config(wanted.name, wanted.value, false) END AS is
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)
LEFT JOIN pg_catalog.pg_settings AS known ON pg_catalog.lower(known.name) OPERATOR(pg_catalog.=) pg_catalog.lower(wanted.name)
-- A name with a dot is one of ours, which nobody has to know.
WHERE known.name IS NOT NULL OR pg_catalog.strpos(wanted.name, '.') OPERATOR(pg_catalog.>) 0
