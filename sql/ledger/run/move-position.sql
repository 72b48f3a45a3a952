-- Counts a commit of a run, in the transaction that it counts. Takes no parameters. One row: how many there are with it.
UPDATE ledger_position SET commits = commits + 1 RETURNING commits
