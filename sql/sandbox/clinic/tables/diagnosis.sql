-- The complaints (ICD-10-CM, as in src/sandbox/clinic/visit-kinds.ts) that are diagnoses, what they are in SNOMED CT, and what is
-- prescribed for them. A chronic one began long before the visit.
-- One row per diagnosis.
CREATE TABLE clinic.diagnosis AS
SELECT *
FROM (
  VALUES
    ('I10', '59621000', 'Essential hypertension', true, '314076'),
    ('E11.9', '44054006', 'Diabetes mellitus type 2', true, '861007'),
    ('F41.1', '21897009', 'Generalized anxiety disorder', true, '312941'),
    ('I50.9', '84114007', 'Heart failure', true, '313988'),
    ('J06.9', '54150009', 'Upper respiratory infection', false, '313782'),
    ('M54.50', '279039007', 'Low back pain', false, '310965'),
    ('S93.401A', '44465007', 'Sprain of ankle', false, '310965'),
    ('J18.9', '233604007', 'Pneumonia', false, '308191'),
    ('K35.80', '85189001', 'Acute appendicitis', false, NULL),
    ('R07.9', '29857009', 'Chest pain', false, NULL),
    ('R10.9', '21522001', 'Abdominal pain', false, NULL)
) AS diagnosis (icd_code, snomed_code, snomed_name, is_chronic, rxnorm_code)
