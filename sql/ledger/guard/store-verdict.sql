-- Keeps what the guard counted, and why it would not send the plan, or null. $1: run. $2: counts. $3: reason. Gives nothing.
UPDATE run SET change_counts = $2, refusal = $3 WHERE run_number = $1
