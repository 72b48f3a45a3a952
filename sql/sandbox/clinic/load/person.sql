-- Columns as in src/sandbox/clinic/person.ts.
COPY clinic.person (
  person_id, mrn, given_name, middle_name, family_name, born_on, sex_code, race_code, ethnic_code, marital_code,
  language_code, religion, tax_number, is_deceased, died_at, changed_at
) FROM STDIN
