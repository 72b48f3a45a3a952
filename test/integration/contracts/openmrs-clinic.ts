/** The tables of OpenMRS 2.x that the contract reads, with the columns that it reads, and a clinic of five patients. */

const voidable = 'date_created datetime NOT NULL, voided tinyint(1) NOT NULL DEFAULT 0, date_voided datetime';
const changing = `${voidable}, date_changed datetime`;

export const openmrsTables = `
CREATE TABLE patient (patient_id int PRIMARY KEY, ${changing});
CREATE TABLE person (person_id int PRIMARY KEY, gender varchar(50), birthdate date, dead tinyint(1) NOT NULL DEFAULT 0, death_date datetime, ${changing});
CREATE TABLE person_name (person_name_id int PRIMARY KEY, person_id int, preferred tinyint(1) NOT NULL DEFAULT 0, given_name varchar(50), middle_name varchar(50), family_name varchar(50), ${changing}, KEY (person_id));
CREATE TABLE person_address (person_address_id int PRIMARY KEY, person_id int, preferred tinyint(1) NOT NULL DEFAULT 0, address1 varchar(255), address2 varchar(255), city_village varchar(255), state_province varchar(255), postal_code varchar(50), county_district varchar(255), country varchar(50), ${changing}, KEY (person_id));
CREATE TABLE patient_identifier (patient_identifier_id int PRIMARY KEY, patient_id int, identifier varchar(50), preferred tinyint(1) NOT NULL DEFAULT 0, ${changing}, KEY (patient_id));
CREATE TABLE person_attribute_type (person_attribute_type_id int PRIMARY KEY, name varchar(50));
CREATE TABLE person_attribute (person_attribute_id int PRIMARY KEY, person_id int, value varchar(50), person_attribute_type_id int, ${changing}, KEY (person_id));
CREATE TABLE person_merge_log (person_merge_log_id int PRIMARY KEY, winner_person_id int, loser_person_id int, merged_data longtext, ${changing}, KEY (loser_person_id));
CREATE TABLE visit_type (visit_type_id int PRIMARY KEY, name varchar(255));
CREATE TABLE location (location_id int PRIMARY KEY, name varchar(255));
CREATE TABLE visit (visit_id int PRIMARY KEY, patient_id int, visit_type_id int, date_started datetime, date_stopped datetime, location_id int, ${changing}, KEY (patient_id));
CREATE TABLE encounter (encounter_id int PRIMARY KEY, visit_id int, patient_id int, encounter_datetime datetime, ${changing}, KEY (visit_id));
CREATE TABLE provider (provider_id int PRIMARY KEY, person_id int, name varchar(255), identifier varchar(255));
CREATE TABLE encounter_provider (encounter_provider_id int PRIMARY KEY, encounter_id int, provider_id int, voided tinyint(1) NOT NULL DEFAULT 0, KEY (encounter_id));
CREATE TABLE concept_class (concept_class_id int PRIMARY KEY, name varchar(255));
CREATE TABLE concept (concept_id int PRIMARY KEY, class_id int);
CREATE TABLE concept_name (concept_name_id int PRIMARY KEY, concept_id int, name varchar(255), locale varchar(50), concept_name_type varchar(50), voided tinyint(1) NOT NULL DEFAULT 0, KEY (concept_id));
CREATE TABLE concept_numeric (concept_id int PRIMARY KEY, units varchar(50), low_normal double, hi_normal double);
CREATE TABLE concept_reference_source (concept_source_id int PRIMARY KEY, name varchar(50));
CREATE TABLE concept_reference_term (concept_reference_term_id int PRIMARY KEY, concept_source_id int, code varchar(255));
CREATE TABLE concept_map_type (concept_map_type_id int PRIMARY KEY, name varchar(255));
CREATE TABLE concept_reference_map (concept_map_id int PRIMARY KEY, concept_id int, concept_reference_term_id int, concept_map_type_id int, KEY (concept_id));
CREATE TABLE obs (obs_id int PRIMARY KEY, person_id int, concept_id int, encounter_id int, obs_datetime datetime, obs_group_id int, value_coded int, value_datetime datetime, value_numeric double, value_text text, comments varchar(255), status varchar(16) NOT NULL DEFAULT 'FINAL', ${voidable}, KEY (encounter_id));
CREATE TABLE encounter_diagnosis (diagnosis_id int PRIMARY KEY, encounter_id int, patient_id int, diagnosis_coded int, diagnosis_non_coded varchar(255), certainty varchar(255), ${changing}, KEY (encounter_id));
CREATE TABLE orders (order_id int PRIMARY KEY, encounter_id int, concept_id int, order_action varchar(50), date_activated datetime, date_stopped datetime, auto_expire_date datetime, ${voidable}, KEY (encounter_id));
CREATE TABLE drug (drug_id int PRIMARY KEY, name varchar(255), concept_id int);
CREATE TABLE drug_order (order_id int PRIMARY KEY, drug_inventory_id int, drug_non_coded varchar(255), dose double, dose_units int, route int, dosing_instructions text, as_needed tinyint(1), quantity double);
CREATE TABLE allergy (allergy_id int PRIMARY KEY, patient_id int, coded_allergen int, non_coded_allergen varchar(255), severity_concept_id int, comments varchar(1024), ${changing}, KEY (patient_id));
CREATE TABLE allergy_reaction (allergy_reaction_id int PRIMARY KEY, allergy_id int, reaction_concept_id int, reaction_non_coded varchar(255), KEY (allergy_id));
`;

const made = "'2026-02-01 08:00:00'";

export const openmrsRows = `
INSERT INTO patient (patient_id, date_created) VALUES (1, ${made}), (2, ${made}), (3, ${made}), (4, ${made}), (6, ${made});
INSERT INTO patient (patient_id, date_created, voided, date_voided) VALUES (5, ${made}, 1, '2026-02-02 08:00:00');
INSERT INTO person (person_id, gender, birthdate, date_created) VALUES (1, 'F', '1980-02-29', ${made}), (2, 'M', '1975-11-30', ${made}), (3, 'F', '1991-05-01', ${made}), (4, 'M', '2001-09-09', ${made}), (5, 'M', '1999-01-31', ${made}), (6, 'F', '1988-08-08', ${made}), (90, 'F', NULL, ${made});
INSERT INTO person_name (person_name_id, person_id, preferred, given_name, middle_name, family_name, date_created, voided) VALUES
  (1, 1, 0, 'Old', NULL, 'Name', ${made}, 0), (2, 1, 1, 'Amara', 'Ngozi', 'Okafor', ${made}, 0), (3, 2, 1, 'Bert', NULL, 'Olsen', ${made}, 0),
  (4, 3, 1, 'Chandra', NULL, 'Devi', ${made}, 0), (5, 4, 1, 'Wrong', NULL, 'Wrong', ${made}, 1), (6, 4, 0, 'Dan', NULL, 'Field', ${made}, 0), (7, 5, 1, 'Test', NULL, 'Entry', ${made}, 1), (8, 90, 1, 'Grace', NULL, 'Mwangi', ${made}, 0), (9, 6, 1, 'Eve', NULL, 'Moreau', ${made}, 0);
INSERT INTO person_address (person_address_id, person_id, preferred, address1, address2, city_village, state_province, postal_code, country, date_created) VALUES
  (1, 1, 1, '1 Elm St', '', 'Madison', 'WI', '53703', 'USA', ${made}), (2, 2, 1, '2 Oak St', 'Apt 3', 'Madison', 'WI', '53704', 'USA', ${made});
INSERT INTO patient_identifier (patient_identifier_id, patient_id, identifier, preferred, date_created, voided, date_voided) VALUES
  (4, 4, 'WRONG-4', 1, ${made}, 1, '2026-02-03 08:00:00'), (7, 6, 'WRONG-6', 1, ${made}, 1, '2026-02-03 08:00:00');
INSERT INTO patient_identifier (patient_identifier_id, patient_id, identifier, preferred, date_created, voided) VALUES
  (1, 1, 'OLD-1', 0, ${made}, 0), (2, 1, 'BAH200001', 1, ${made}, 0), (3, 2, 'BAH200002', 1, ${made}, 0), (8, 3, 'BAH200003', 1, ${made}, 0), (5, 4, 'BAH200004', 1, ${made}, 0), (6, 5, 'BAH200005', 1, ${made}, 1);
INSERT INTO person_attribute_type VALUES (1, 'phoneNumber');
INSERT INTO person_attribute (person_attribute_id, person_id, value, person_attribute_type_id, date_created) VALUES (1, 1, '608-555-0101', 1, ${made});
INSERT INTO visit_type VALUES (1, 'OPD'), (2, 'IPD');
INSERT INTO location VALUES (7, 'Ganiyari');
INSERT INTO visit (visit_id, patient_id, visit_type_id, date_started, date_stopped, location_id, date_created) VALUES
  (11, 1, 1, '2026-02-10 09:00:00', '2026-02-10 11:00:00', 7, ${made}), (12, 2, 2, '2026-02-11 09:00:00', '2026-02-14 11:00:00', 7, ${made}), (13, 3, 1, '2026-02-12 09:00:00', NULL, 7, ${made}), (14, 4, 1, '2026-02-12 09:00:00', '2026-02-12 10:00:00', 7, ${made});
INSERT INTO encounter (encounter_id, visit_id, patient_id, encounter_datetime, date_created) VALUES (21, 11, 1, '2026-02-10 09:15:00', ${made}), (22, 12, 2, '2026-02-11 09:15:00', ${made}), (24, 14, 4, '2026-02-12 09:15:00', ${made});
INSERT INTO provider VALUES (3, 90, NULL, 'MD-3');
INSERT INTO encounter_provider (encounter_provider_id, encounter_id, provider_id) VALUES (1, 21, 3);
INSERT INTO concept_class VALUES (1, 'Test'), (2, 'Diagnosis'), (3, 'Finding'), (4, 'Drug'), (5, 'Misc');
INSERT INTO concept VALUES (100, 3), (101, 1), (102, 2), (103, 4), (104, 5), (105, 5), (106, 3);
INSERT INTO concept_name (concept_name_id, concept_id, name, locale, concept_name_type) VALUES
  (1, 100, 'Pouls', 'fr', 'FULLY_SPECIFIED'), (2, 100, 'Pulse', 'en', 'FULLY_SPECIFIED'), (3, 101, 'Haemoglobin', 'en', 'FULLY_SPECIFIED'), (4, 102, 'Malaria', 'en', 'FULLY_SPECIFIED'), (5, 103, 'Penicillin', 'en', 'FULLY_SPECIFIED'), (6, 104, 'Severe', 'en', 'FULLY_SPECIFIED'), (7, 105, 'Tablet', 'en', 'FULLY_SPECIFIED'), (8, 106, 'Rash', 'en', 'FULLY_SPECIFIED');
INSERT INTO concept_numeric VALUES (100, '/min', NULL, NULL), (101, 'g/dL', 12, 16);
INSERT INTO concept_reference_source VALUES (1, 'LOINC'), (2, 'SNOMED CT'), (3, 'ICD-10-WHO'), (4, 'RxNORM');
INSERT INTO concept_reference_term VALUES (1, 1, '8867-4'), (2, 1, '718-7'), (3, 3, 'B54'), (4, 2, '61462000'), (5, 4, '7980');
INSERT INTO concept_map_type VALUES (1, 'SAME-AS'), (2, 'NARROWER-THAN');
INSERT INTO concept_reference_map VALUES (1, 100, 1, 1), (2, 101, 2, 1), (3, 102, 3, 1), (4, 102, 4, 1), (5, 103, 5, 1);
INSERT INTO obs (obs_id, person_id, concept_id, encounter_id, obs_datetime, value_numeric, date_created, voided) VALUES
  (31, 1, 100, 21, '2026-02-10 09:20:00', 72, ${made}, 0), (32, 1, 101, 21, '2026-02-10 09:30:00', 11.5, ${made}, 0), (33, 1, 101, 21, '2026-02-10 09:30:00', 99, ${made}, 1);
INSERT INTO encounter_diagnosis (diagnosis_id, encounter_id, patient_id, diagnosis_coded, certainty, date_created) VALUES (41, 22, 2, 102, 'CONFIRMED', ${made});
INSERT INTO drug VALUES (51, 'Penicillin V 250 mg', 103);
INSERT INTO orders (order_id, encounter_id, concept_id, order_action, date_activated, auto_expire_date, date_created) VALUES (61, 22, 103, 'NEW', '2026-02-11 10:00:00', '2026-02-18 10:00:00', ${made});
INSERT INTO drug_order VALUES (61, 51, NULL, 1, 105, NULL, 'after meals', 0, 28);
INSERT INTO allergy (allergy_id, patient_id, coded_allergen, severity_concept_id, date_created) VALUES (71, 1, 103, 104, ${made});
INSERT INTO allergy_reaction VALUES (81, 71, 106, NULL), (82, 71, NULL, 'Hives');
`;

/** What OpenMRS does when patient 4 is found to be patient 1: visits move, the loser and all that is the loser's is voided. */
export const openmrsMerge = `
UPDATE visit SET patient_id = 1, date_changed = '2026-03-01 10:00:00' WHERE patient_id = 4;
UPDATE encounter SET patient_id = 1, date_changed = '2026-03-01 10:00:00' WHERE patient_id = 4;
UPDATE patient SET voided = 1, date_voided = '2026-03-01 10:00:00' WHERE patient_id = 4;
UPDATE patient_identifier SET voided = 1, date_voided = '2026-03-01 10:00:00' WHERE patient_id = 4 AND voided = 0;
UPDATE person_name SET voided = 1, date_voided = '2026-03-01 10:00:00' WHERE person_id = 4;
INSERT INTO patient_identifier (patient_identifier_id, patient_id, identifier, preferred, date_created) VALUES (9, 1, 'BAH200004', 0, '2026-03-01 10:00:00');
INSERT INTO person_merge_log (person_merge_log_id, winner_person_id, loser_person_id, date_created) VALUES (1, 1, 4, '2026-03-01 10:00:00');
`;
