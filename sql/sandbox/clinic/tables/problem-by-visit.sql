-- Finds what was charted at a visit.
CREATE INDEX problem_by_visit ON clinic.problem (visit_id)
