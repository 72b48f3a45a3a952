-- What is still owed to Redox, over all runs. Takes no parameters. One row per event type and state.
SELECT event_type, state, count(*) AS calls, min(open_since) AS open_since
FROM call
WHERE is_open
GROUP BY event_type, state
ORDER BY event_type, state
