-- What is measured (LOINC), in which units (UCUM), between which values it lies and which of them are normal. A vital sign is taken
-- at visits of some kinds, a laboratory test where its panel (CPT) was ordered.
-- One row per test.
CREATE TABLE clinic.test AS
SELECT *
FROM (
  VALUES
    ('8480-6', 'Systolic blood pressure', 'mm[Hg]', 96, 168, 90, 120, 0, '{OV,ED,HH,IP}'::text[], NULL),
    ('8462-4', 'Diastolic blood pressure', 'mm[Hg]', 56, 102, 60, 80, 0, '{OV,ED,HH,IP}', NULL),
    ('8867-4', 'Heart rate', '/min', 52, 108, 60, 100, 0, '{OV,ED,HH,IP}', NULL),
    ('8310-5', 'Body temperature', 'Cel', 36.1, 39.4, 36.1, 37.5, 1, '{ED,IP}', NULL),
    ('29463-7', 'Body weight', 'kg', 48, 118, NULL, NULL, 1, '{OV}', NULL),
    ('2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 68, 182, 70, 99, 0, '{LAB}', '80053'),
    ('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0.5, 1.9, 0.6, 1.3, 2, '{LAB}', '80053'),
    ('2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 132, 148, 135, 145, 0, '{LAB}', '80053'),
    ('2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 3.2, 5.4, 3.5, 5.1, 1, '{LAB}', '80053'),
    ('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4.4, 9.8, 4.0, 5.6, 1, '{LAB}', '83036')
) AS test (loinc_code, name, units, lowest, highest, normal_low, normal_high, decimals, visit_kinds, billing_code)
