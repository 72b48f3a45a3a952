-- Forgets the commits of former runs, but for the last one. Takes no parameters. Gives nothing.
DELETE FROM ledger_commit WHERE number < (SELECT max(number) FROM ledger_commit)
