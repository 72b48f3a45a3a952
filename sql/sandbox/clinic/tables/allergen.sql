-- What the clinic's people do not tolerate, and what it does to them (SNOMED CT). One row per substance.
CREATE TABLE clinic.allergen AS
SELECT *
FROM (
  VALUES
    (0, '7984', 'RxNorm', 'penicillin V', 'drug allergy', '126485001', 'Urticaria', 'moderate'),
    (1, '10180', 'RxNorm', 'sulfamethoxazole', 'drug allergy', '271807003', 'Eruption of skin', 'mild'),
    (2, '2670', 'RxNorm', 'codeine', 'drug intolerance', '422587007', 'Nausea', 'mild'),
    (3, 'QE1QX6B99R', 'UNII', 'Peanut', 'food allergy', '39579001', 'Anaphylaxis', 'severe')
) AS allergen (allergen_id, code, code_system, name, type, reaction_code, reaction_name, severity)
