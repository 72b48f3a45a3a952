-- Ends that rows are sent once more, because UNKNOWN_OUTCOME is hold. Takes no parameters. Gives nothing.
WITH patients AS (
  UPDATE patient SET resent_after = NULL WHERE resent_after IS NOT NULL
)
UPDATE encounter SET resent_after = NULL WHERE resent_after IS NOT NULL
