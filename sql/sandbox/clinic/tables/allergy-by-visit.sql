-- Finds what was charted at a visit.
CREATE INDEX allergy_by_visit ON clinic.allergy (visit_id)
