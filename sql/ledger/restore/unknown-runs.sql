-- Which of these runs the ledger has forgotten. Runs from before its first one were pruned. $1: run ids. One row per such run.
SELECT given.run_id
FROM unnest($1::text[]) AS given (run_id)
LEFT JOIN run ON run.run_id = given.run_id COLLATE "C"
WHERE run.run_id IS NULL
  AND given.run_id COLLATE "C" >= coalesce((SELECT min(run_id) FROM run), '')
