-- Columns as in src/sandbox/clinic/contact.ts.
COPY clinic.person_contact (person_id, kind, value, changed_at) FROM STDIN
