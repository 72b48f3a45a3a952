-- Says which run `csv.sql` tells of, for the rest of the session. $1: run number, as text. One row.
SELECT set_config('redox_reconcile.run_number', $1, false)
