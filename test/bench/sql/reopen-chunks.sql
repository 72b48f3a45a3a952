-- Lets a sweep compare every row that it has staged, as once a week. Takes no parameters. Gives nothing.
DELETE FROM redox_reconcile_sweep.compared
