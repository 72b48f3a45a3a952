-- Columns as in src/sandbox/clinic/practitioner.ts.
COPY clinic.practitioner (practitioner_id, npi, given_name, family_name) FROM STDIN
