-- Lists the patients of lost calls whom neither the ledger nor the EHR knows: Redox has them, and nobody knows under which MRN.
-- $1: this run. Gives nothing.
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT DISTINCT $1::integer, 'patient', l.entity_id, l.entity_id, 'gone', 'after_restore'
FROM stage_lost_call l
WHERE l.entity = 'patient'
  AND NOT EXISTS (SELECT FROM patient p WHERE p.patient_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'patient' AND f.entity_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.entity_id)
