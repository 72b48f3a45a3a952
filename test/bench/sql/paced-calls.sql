-- How many calls were accepted, and the job's sessions with the ledger. Takes no parameters. One row.
SELECT
  (SELECT count(*)::integer FROM redox_reconcile.call WHERE state = 'accepted') AS accepted,
  ARRAY(
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'redox-reconcile%'
  ) AS pids
