-- Counts a commit of a run, in the transaction that it counts. Takes no parameters. One row: how many there are with it.
INSERT INTO ledger_commit (number)
SELECT coalesce(max(number), 0) + 1 FROM ledger_commit
RETURNING number AS commits
