-- The buildings, the same in every clinic.
INSERT INTO clinic.facility (facility_code, name)
VALUES
  ('PLC', 'Prairie Lakes Clinic'),
  ('PLH', 'Prairie Lakes Hospital'),
  ('RFC', 'Rock Ford Family Clinic')
