-- Finds what was charted at a visit.
CREATE INDEX vaccination_by_visit ON clinic.vaccination (visit_id)
