-- The start of the last run whose plan the guard let pass and that went on to send it (apply took its plan's counts over): what is
-- owed since then or earlier was looked at before. Takes no parameters. One row; null before the first.
SELECT max(started_at) AS through FROM run WHERE NOT plan_only AND change_counts IS NOT NULL
