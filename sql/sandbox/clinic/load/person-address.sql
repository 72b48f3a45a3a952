-- Columns as in src/sandbox/clinic/address.ts.
COPY clinic.person_address (
  person_id, street, city, state_code, postal_code, county, country_code, changed_at
) FROM STDIN
