-- Finds the visits that are not over.
CREATE INDEX visit_to_come ON clinic.visit (began_at) WHERE state IN ('SCHED', 'ARRIVED')
