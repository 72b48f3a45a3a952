-- From here on this session finds the stage of sweeps under the stage's names. Takes no parameters. One row.
SELECT set_config('search_path', 'redox_reconcile_sweep, redox_reconcile, pg_catalog', false)
