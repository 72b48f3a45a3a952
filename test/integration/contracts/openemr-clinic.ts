/** The tables of OpenEMR 7 and 8 that the contract reads, with the columns that it reads, and a clinic of three patients. */

export const openemrTables = `
CREATE TABLE patient_data (id bigint PRIMARY KEY, pid bigint NOT NULL, pubpid varchar(255) NOT NULL DEFAULT '', fname varchar(255) NOT NULL DEFAULT '', mname varchar(255) NOT NULL DEFAULT '', lname varchar(255) NOT NULL DEFAULT '', DOB date, sex varchar(255) NOT NULL DEFAULT '', race varchar(255) NOT NULL DEFAULT '', ethnicity varchar(255) NOT NULL DEFAULT '', status varchar(255) NOT NULL DEFAULT '', language varchar(255) NOT NULL DEFAULT '', religion varchar(40) NOT NULL DEFAULT '', ss varchar(255) NOT NULL DEFAULT '', street varchar(255) NOT NULL DEFAULT '', street_line_2 tinytext, city varchar(255) NOT NULL DEFAULT '', state varchar(255) NOT NULL DEFAULT '', postal_code varchar(255) NOT NULL DEFAULT '', county varchar(40) NOT NULL DEFAULT '', country_code varchar(255) NOT NULL DEFAULT '', phone_home varchar(255) NOT NULL DEFAULT '', phone_biz varchar(255) NOT NULL DEFAULT '', phone_cell varchar(255) NOT NULL DEFAULT '', email varchar(255) NOT NULL DEFAULT '', deceased_date datetime, last_updated datetime NOT NULL, UNIQUE KEY (pid));
CREATE TABLE form_encounter (id bigint PRIMARY KEY, date datetime, reason longtext, facility longtext, facility_id int NOT NULL DEFAULT 0, pid bigint, encounter bigint, pc_catid int NOT NULL DEFAULT 5, provider_id int DEFAULT 0, class_code varchar(10) NOT NULL DEFAULT 'AMB', discharge_disposition varchar(100), date_end datetime, last_update timestamp NOT NULL, KEY (pid, encounter));
CREATE TABLE facility (id int PRIMARY KEY, name varchar(255));
CREATE TABLE users (id bigint PRIMARY KEY, fname varchar(255), lname varchar(255), npi varchar(15));
CREATE TABLE openemr_postcalendar_categories (pc_catid int PRIMARY KEY, pc_catname varchar(100));
CREATE TABLE forms (id bigint PRIMARY KEY, encounter bigint, form_id bigint, pid bigint, formdir longtext, deleted tinyint(4) NOT NULL DEFAULT 0, KEY (pid, encounter), KEY (form_id));
CREATE TABLE form_vitals (id bigint PRIMARY KEY, date datetime, bps varchar(40), bpd varchar(40), weight decimal(12,6) DEFAULT 0, height decimal(12,6) DEFAULT 0, temperature decimal(12,6) DEFAULT 0, pulse decimal(12,6) DEFAULT 0, respiration decimal(12,6) DEFAULT 0, oxygen_saturation decimal(6,2) DEFAULT 0);
CREATE TABLE form_soap (id bigint PRIMARY KEY, date datetime, subjective text, objective text, assessment text, plan text);
CREATE TABLE lists (id bigint PRIMARY KEY, date datetime, pid bigint, type varchar(255), title varchar(255), begdate datetime, enddate datetime, diagnosis varchar(255) NOT NULL DEFAULT '', activity tinyint(4), comments longtext, reaction varchar(255) NOT NULL DEFAULT '', severity_al varchar(50), verification varchar(36) NOT NULL DEFAULT '', KEY (pid));
CREATE TABLE prescriptions (id int PRIMARY KEY, patient_id bigint, encounter int, drug varchar(150), rxnorm_drugcode varchar(25), active int NOT NULL DEFAULT 1, start_date date, end_date date, dosage varchar(100), route varchar(100), quantity varchar(31), KEY (patient_id));
CREATE TABLE immunizations (id bigint PRIMARY KEY, patient_id bigint, encounter_id bigint, administered_date datetime, cvx_code varchar(64), amount_administered float, amount_administered_unit varchar(50), route varchar(100), manufacturer varchar(100), lot_number varchar(50), added_erroneously tinyint(1) NOT NULL DEFAULT 0, completion_status varchar(50), refusal_reason varchar(31), KEY (patient_id));
CREATE TABLE procedure_order (procedure_order_id bigint PRIMARY KEY, patient_id bigint, encounter_id bigint, activity tinyint(1) NOT NULL DEFAULT 1, order_status varchar(31) NOT NULL DEFAULT '', KEY (patient_id));
CREATE TABLE procedure_report (procedure_report_id bigint PRIMARY KEY, procedure_order_id bigint, KEY (procedure_order_id));
CREATE TABLE procedure_result (procedure_result_id bigint PRIMARY KEY, procedure_report_id bigint, result_code varchar(31), result_text varchar(255), date datetime, units varchar(31), result varchar(255), \`range\` varchar(255), abnormal varchar(31), result_status varchar(31), KEY (procedure_report_id));
CREATE TABLE log (id bigint PRIMARY KEY, date datetime, event varchar(255), comments longtext, patient_id bigint);
`;

const saved = "'2026-02-15 08:00:00'";

export const openemrRows = `
INSERT INTO patient_data (id, pid, pubpid, fname, mname, lname, DOB, sex, race, ethnicity, status, street, street_line_2, city, state, postal_code, phone_cell, deceased_date, last_updated) VALUES
  (11, 1, 'A-1', ' Ana', '', 'Lopez', '1980-02-29', 'Female', 'white', 'hisp_or_latin', 'married', '1 Elm St', 'Apt 2', 'Madison', 'WI', '53703', '608-555-0101', NULL, ${saved}),
  (12, 2, '', 'Bert', 'Q', 'Olsen', '1975-11-30', 'Male', '', '', '', '', NULL, '', '', '53704', '', '0000-00-00', ${saved}),
  (13, 3, 'A-3', 'Bert', '', 'Olsen', '0000-00-00', 'UNK', '', '', '', '', NULL, '', '', '', '', '2026-02-01 10:00:00', ${saved});
INSERT INTO facility VALUES (4, 'Great Clinic');
INSERT INTO users VALUES (6, 'Grace', 'Mwangi', '1234567893');
INSERT INTO openemr_postcalendar_categories VALUES (5, 'Office Visit');
INSERT INTO form_encounter (id, date, reason, facility_id, pid, encounter, provider_id, class_code, date_end, last_update) VALUES
  (101, '2026-02-10 09:00:00', 'cough', 4, 1, 1001, 6, 'AMB', NULL, ${saved}), (102, '2026-02-11 09:00:00', 'fever', 4, 2, 1002, 0, 'IMP', NULL, ${saved}), (103, '2026-02-12 09:00:00', '', 4, 3, 1003, 6, 'EMER', '2026-02-12 12:00:00', ${saved});
INSERT INTO forms VALUES (1, 1001, 21, 1, 'vitals', 0), (2, 1001, 31, 1, 'soap', 0), (3, 1001, 22, 1, 'vitals', 1);
INSERT INTO form_vitals (id, date, bps, bpd, weight) VALUES (21, '2026-02-10 09:10:00', '120', '80', 150.5), (22, '2026-02-10 09:10:00', '999', '', 0);
INSERT INTO form_soap VALUES (31, '2026-02-10 09:20:00', 'Coughs.', '', 'Cold.', 'Rest.');
INSERT INTO lists (id, date, pid, type, title, begdate, diagnosis, activity, reaction, severity_al) VALUES
  (41, '2026-02-10 09:30:00', 1, 'medical_problem', 'Hypertension', '2020-01-01', 'ICD10:I10', 1, '', NULL), (42, '2026-02-10 09:30:00', 1, 'allergy', 'Penicillin', '2010-01-01', '', 1, 'Rash', 'mild'), (43, '2026-02-20 09:30:00', 1, 'allergy', 'Latex', NULL, '', 1, '', NULL);
INSERT INTO lists (id, date, pid, type, title, activity, verification) VALUES (44, '2026-02-10 09:30:00', 1, 'allergy', 'Of somebody else', 1, 'entered-in-error');
INSERT INTO prescriptions VALUES (51, 1, 1001, 'Lisinopril 10 MG', '314076', 1, '2026-02-10', NULL, '1 tablet', 'oral', '30');
INSERT INTO immunizations (id, patient_id, encounter_id, administered_date, cvx_code, lot_number) VALUES (61, 1, 1001, '2026-02-10 09:40:00', '140', 'L-1');
INSERT INTO immunizations (id, patient_id, encounter_id, administered_date, cvx_code, completion_status, refusal_reason) VALUES (62, 1, 1001, '2026-02-10 09:45:00', '33', 'Refused', 'parental_decision');
INSERT INTO procedure_order VALUES (71, 1, 1001, 1, 'complete'), (74, 1, 1001, 0, 'complete'), (77, 1, 1001, 1, 'canceled');
INSERT INTO procedure_report VALUES (72, 71), (75, 74), (78, 77);
INSERT INTO procedure_result VALUES (73, 72, 'LOINC:2345-7', 'Glucose', '2026-02-10 10:00:00', 'mg/dL', '95', '70-99', 'no', 'final'), (76, 75, 'LOINC:2345-7', 'Glucose', '2026-02-10 10:00:00', 'mg/dL', '300', '70-99', 'high', 'final'), (79, 78, 'LOINC:2345-7', 'Glucose', '2026-02-10 10:00:00', 'mg/dL', '400', '70-99', 'high', 'final');
`;

/** What OpenEMR does when patient 3 is found to be patient 2: all rows move, and the retired one is deleted. */
export const openemrMerge = (withLog: boolean): string => `
UPDATE form_encounter SET pid = 2, last_update = last_update WHERE pid = 3;
DELETE FROM patient_data WHERE pid = 3;
${withLog ? "INSERT INTO log VALUES (1, '2026-03-01 10:00:00', 'patient-merge-delete', TO_BASE64('Deleted rows with pid = 3 in table patient_data'), 2), (2, '2026-03-01 10:00:00', 'patient-merge-delete', TO_BASE64('Deleted rows with pid = 3 in table history_data'), 2);" : ''}
`;
