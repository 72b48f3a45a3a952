-- Patients that stand for others: Patient.link, told from either side. Servers differ: some export the retired patient with
-- `replaced-by`, some only the survivor with `replaces`, and some neither (then the retired patient is simply gone).
-- A patient that is only inactive is not merged. R4 does not say when. One row per retired patient.
SELECT retired AS retired_patient_id, survivor AS surviving_patient_id, NULL::timestamptz AS merged_at
FROM patient_link
