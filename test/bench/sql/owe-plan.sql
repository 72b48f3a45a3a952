-- Makes what a plan-only run has planned owed, as if the run had gone on to send it. Gives nothing.
UPDATE redox_reconcile.call SET is_open = true WHERE state = 'planned'
