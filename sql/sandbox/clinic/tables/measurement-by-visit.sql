-- Finds what was measured at a visit. A test is done once a visit.
CREATE UNIQUE INDEX measurement_by_visit ON clinic.measurement (visit_id, loinc_code)
