-- What the clinic's doctors prescribe (RxNorm). One row per product.
CREATE TABLE clinic.drug AS
SELECT *
FROM (
  VALUES
    ('314076', 'lisinopril 10 MG Oral Tablet', 'Take one tablet daily', '10', 'mg', '24', 'h', false),
    ('861007', 'metformin hydrochloride 500 MG Oral Tablet', 'Take one tablet twice daily with meals', '500', 'mg', '12', 'h', false),
    ('313782', 'acetaminophen 325 MG Oral Tablet', 'Take two tablets every 6 hours as needed', '650', 'mg', '6', 'h', true),
    ('310965', 'ibuprofen 200 MG Oral Tablet', 'Take two tablets every 8 hours as needed', '400', 'mg', '8', 'h', true),
    ('312941', 'sertraline 50 MG Oral Tablet', 'Take one tablet daily', '50', 'mg', '24', 'h', false),
    ('308191', 'amoxicillin 500 MG Oral Capsule', 'Take one capsule three times daily', '500', 'mg', '8', 'h', false),
    ('313988', 'furosemide 40 MG Oral Tablet', 'Take one tablet every morning', '40', 'mg', '24', 'h', false)
) AS drug (rxnorm_code, name, sig, dose, dose_units, period, period_unit, as_needed)
