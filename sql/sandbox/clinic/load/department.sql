-- The departments, the same in every clinic.
INSERT INTO clinic.department (department_id, facility_code, name, visit_kind)
VALUES
  (101, 'PLC', 'Family Medicine', 'OV'),
  (102, 'PLC', 'Internal Medicine', 'OV'),
  (103, 'PLC', 'Pediatrics', 'OV'),
  (104, 'PLC', 'Orthopedics & Sports', 'OV'),
  (105, 'RFC', 'Family Medicine', 'OV'),
  (201, 'PLC', 'Virtual Care', 'TV'),
  (301, 'PLH', 'Emergency Department', 'ED'),
  (401, 'PLH', '4 West Medical/Surgical', 'IP'),
  (402, 'PLH', '5 East Surgical', 'IP'),
  (501, 'PLH', 'Home Health', 'HH'),
  (601, 'PLC', 'Laboratory', 'LAB')
