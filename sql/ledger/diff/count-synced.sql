-- How many patients and visits the ledger knows. Takes no parameters. One row.
SELECT (SELECT count(*) FROM patient) AS patient, (SELECT count(*) FROM encounter) AS encounter
