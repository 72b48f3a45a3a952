-- Gives the ledger its name, where it has none yet. Takes no parameters. Gives nothing.
INSERT INTO ledger_identity DEFAULT VALUES ON CONFLICT DO NOTHING
