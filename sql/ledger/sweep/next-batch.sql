-- A number for the chunks of one scan, never given twice: what a scan that broke off has left is never taken for its own by the next.
-- Takes no parameters. One row.
SELECT nextval('redox_reconcile_sweep.chunk_batch') AS batch
