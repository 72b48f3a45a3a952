-- By which keys others cannot find a patient at Redox: words alone, no value of the patient's. Empty: by none. Null: not known,
-- as after baseline, or while nobody knows what Redox has.
ALTER TABLE patient ADD COLUMN match_faults text[] CHECK (
  match_faults <@ ARRAY[
    'first_name_missing', 'first_name_malformed', 'last_name_missing', 'last_name_malformed', 'birth_date_missing',
    'birth_date_malformed', 'zip_missing', 'zip_malformed', 'mrn_missing'
  ]
);
COMMENT ON COLUMN patient.match_faults IS 'What is wrong with the keys by which others find this patient, as told last: see src/core/findability.ts. Null: not known.';
