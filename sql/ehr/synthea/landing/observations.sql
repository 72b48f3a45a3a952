-- Synthea's observations.csv. Older exports lack CATEGORY. Scores of quality of life belong to no encounter, so ENCOUNTER may
-- be empty. SECTION is not in the file: it assigns each observation to one of the three queries that share the file.
-- * Social history, with any CATEGORY: smoking status, and who the patient is and how they live (the PRAPARE survey; some
--   exports call the address a laboratory result).
-- * Vital signs: by CATEGORY, and in exports without one by code. Only numbers count.
-- * Results: all others, such as laboratory values, scores of questionnaires, and what an examination found.
-- One row per value observed.
CREATE UNLOGGED TABLE observations (
  date text,
  patient text,
  encounter text,
  category text,
  code text,
  description text,
  value text,
  units text,
  type text,
  section text GENERATED ALWAYS AS (
    CASE
      WHEN category = 'social-history'
        OR code IN ('72166-2', '76690-7', '82810-3', '32624-9', '54899-0', '55277-8', '56051-6', '56799-0', '63512-8',
                    '63513-6', '63586-2', '67875-5', '71802-3', '76437-3', '76501-6', '82589-3', '93026-3', '93027-1',
                    '93028-9', '93029-7', '93030-5', '93031-3', '93033-9', '93034-7', '93035-4', '93038-8')
        THEN 'social_history'
      WHEN type IS DISTINCT FROM 'text'
       AND (category = 'vital-signs'
            OR category IS NULL
           AND code IN ('2708-6', '8289-1', '8302-2', '8310-5', '8462-4', '8480-6', '8867-4', '9279-1', '9843-4',
                        '29463-7', '39156-5', '59408-5', '59576-9', '72514-3', '77606-2'))
        THEN 'vital_signs'
      ELSE 'results'
    END
  ) STORED
);
-- Sections find a visit's observations by it. NOT NULL, which brings an index with it, it cannot be.
CREATE INDEX ON observations USING hash (encounter)
