-- Columns as in src/sandbox/clinic/visit.ts.
COPY clinic.visit (
  visit_id, person_id, department_id, practitioner_id, state, began_at, ended_at, billing_code, billing_name,
  complaint_code, complaint_name, disposition_code, note_version, changed_at
) FROM STDIN
