-- Few patients cannot be found, and each run lists them.
CREATE INDEX patient_unfindable ON patient (patient_id) WHERE presence = 'present' AND match_faults <> '{}';
