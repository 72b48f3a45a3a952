-- What the clinic vaccinates with (CVX). One row per vaccine.
CREATE TABLE clinic.vaccine AS
SELECT *
FROM (
  VALUES
    (0, '150', 'Influenza, injectable, quadrivalent, preservative free'),
    (1, '115', 'Tdap'),
    (2, '208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose')
) AS vaccine (vaccine_id, cvx_code, name)
