-- Finds what was charted at a visit.
CREATE INDEX prescription_by_visit ON clinic.prescription (visit_id)
