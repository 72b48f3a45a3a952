-- Who says that they are running. Takes no parameters. One row per running run.
SELECT run_id, job, host, process_id, started_at FROM run WHERE status = 'running' ORDER BY run_number DESC LIMIT 1
