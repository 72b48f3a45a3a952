-- The source's own clock, below which its changes are known to be in this snapshot's reach.
-- A primary: when this transaction began. A standby: when the last transaction that it has replayed was committed; one
-- that has replayed nothing since its start knows only that time is later than the epoch, so the watermark stays put.
-- One row: `milliseconds` since 1970-01-01T00:00:00Z, rounded down.
SELECT floor(extract(epoch FROM CASE
         WHEN pg_is_in_recovery() THEN coalesce(pg_last_xact_replay_timestamp(), 'epoch')
         ELSE now()
       END) * 1000)::bigint AS milliseconds
