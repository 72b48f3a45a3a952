-- Keeps who is retired now, for the next sweep to compare with. Takes no parameters. Gives nothing.
INSERT INTO compared_retired (patient_id, survivor_id) SELECT patient_id, survivor_id FROM stage_retired
