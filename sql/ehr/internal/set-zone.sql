-- For the rest of this transaction: the session's own time zone, the same rows in the same order, and not long.
-- $1 text: the zone. One row.
SELECT set_config('TimeZone', $1::text, true) AS time_zone,
       set_config('synchronize_seqscans', 'off', true) AS synchronize_seqscans,
       set_config('statement_timeout', '5s', true) AS statement_timeout
