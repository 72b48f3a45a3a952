-- Settles no chunk any longer where the messages are built otherwise now, where the ledger was restored from before, or where it is
-- so long since every row was compared that it is done again, for whatever nobody has thought of. The rows of one that is not quiet
-- are looked at by every plan, and so are counted anew with them.
-- $1: version of the message builder. $2: how many days. Gives nothing.
UPDATE stage_chunk
SET unchanged = NULL, not_due = NULL, known = NULL
WHERE unchanged IS NOT NULL
  AND (
    NOT is_clean
    OR NOT EXISTS (
      SELECT FROM compared s
      JOIN run USING (run_id)
      WHERE s.builder_version = $1 AND s.since BETWEEN now() - make_interval(days => $2::integer) AND now()
    )
  )
