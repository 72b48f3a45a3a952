-- Closes a run. $1: run. $2: status. $3: exit code. $4: the sentence that was printed, or null. $5: end. Gives nothing.
UPDATE run SET status = $2, exit_code = $3, failure = $4, finished_at = $5 WHERE run_number = $1
