-- When the calls of the last window were sent, for the rate limit (decision 17). What is or was `sending` and has no attempt
-- recorded counts as one. $1: start of the window. One row per attempt.
SELECT started_at FROM attempt WHERE started_at > $1
UNION ALL
SELECT sending_at FROM call WHERE sending_at > $1 AND attempts = 0
ORDER BY 1
