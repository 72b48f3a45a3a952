-- Notes how rows were found. $1: run. $2: mode. Gives nothing.
UPDATE run SET mode = $2 WHERE run_number = $1
