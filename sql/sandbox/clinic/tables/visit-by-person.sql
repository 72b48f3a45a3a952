-- Finds the visits of a person.
CREATE INDEX visit_by_person ON clinic.visit (person_id)
