-- Visits of OpenEMR. It has no status: an inpatient stay without an end is open, all else is finished.
SELECT e.encounter AS encounter_id,
       e.pid AS patient_id,
       e.last_update AS updated_at,
       CASE e.class_code WHEN 'IMP' THEN 'inpatient' WHEN 'ACUTE' THEN 'inpatient' WHEN 'NONAC' THEN 'inpatient' WHEN 'EMER' THEN 'emergency'
            WHEN 'HH' THEN 'home' WHEN 'VR' THEN 'virtual' WHEN 'AMB' THEN 'outpatient' ELSE 'other' END AS class,
       CASE WHEN e.class_code IN ('IMP', 'ACUTE', 'NONAC') AND e.date_end IS NULL THEN 'open' ELSE 'finished' END AS status,
       e.date AS started_at,
       e.date_end AS ended_at,
       c.pc_catname AS type_name,
       NULLIF(e.reason, '') AS reason_name,
       f.id AS facility_id,
       COALESCE(f.name, e.facility) AS facility_name,
       u.id AS provider_id,
       NULLIF(u.npi, '') AS provider_npi,
       u.fname AS provider_first_name,
       u.lname AS provider_last_name,
       NULLIF(e.discharge_disposition, '') AS discharge_disposition,
       CONCAT_WS('|',
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(v.id, v.date, v.bps, v.bpd, v.weight, v.height, v.temperature, v.pulse, v.respiration, v.oxygen_saturation))), 0))
          FROM forms AS fo JOIN form_vitals AS v ON v.id = fo.form_id
          WHERE fo.pid = e.pid AND fo.encounter = e.encounter AND fo.formdir = 'vitals' AND fo.deleted = 0),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(s.id, s.date, s.subjective, s.objective, s.assessment, s.plan))), 0))
          FROM forms AS fo JOIN form_soap AS s ON s.id = fo.form_id
          WHERE fo.pid = e.pid AND fo.encounter = e.encounter AND fo.formdir = 'soap' AND fo.deleted = 0),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(r.procedure_result_id, po.procedure_order_id, po.activity, po.order_status, r.date, r.result_code, r.result_text, r.result, r.units, r.`range`, r.abnormal, r.result_status))), 0))
          FROM procedure_order AS po JOIN procedure_report AS rep ON rep.procedure_order_id = po.procedure_order_id
          JOIN procedure_result AS r ON r.procedure_report_id = rep.procedure_report_id
          WHERE po.patient_id = e.pid AND po.encounter_id = e.encounter),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(l.id, l.verification, l.type, l.title, l.diagnosis, l.begdate, l.enddate, l.activity, l.severity_al, l.reaction, l.comments))), 0))
          FROM lists AS l WHERE l.pid = e.pid AND l.type IN ('medical_problem', 'allergy') AND l.date <= COALESCE(e.date_end, e.date) + INTERVAL 1 DAY),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(p.id, p.drug, p.rxnorm_drugcode, p.active, p.start_date, p.end_date, p.dosage, p.route, p.quantity))), 0))
          FROM prescriptions AS p WHERE p.patient_id = e.pid AND p.encounter = e.encounter),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(i.id, i.cvx_code, i.administered_date, i.amount_administered, i.amount_administered_unit, i.route, i.manufacturer, i.lot_number, i.added_erroneously, i.completion_status, i.refusal_reason))), 0))
          FROM immunizations AS i WHERE i.patient_id = e.pid AND i.encounter_id = e.encounter)
       ) AS clinical_version
FROM form_encounter AS e
LEFT JOIN facility AS f ON f.id = e.facility_id
LEFT JOIN users AS u ON u.id = e.provider_id AND e.provider_id <> 0
LEFT JOIN openemr_postcalendar_categories AS c ON c.pc_catid = e.pc_catid
-- @by_id WHERE e.encounter IN ($1)
