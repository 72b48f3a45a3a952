-- For how long, by the ledger's clock, a run that died may still have a POST under way; 0 where none can. Takes no parameters. One row.
SELECT greatest(0, extract(epoch FROM max(ends_at) - clock_timestamp()) * 1000)::double precision AS left_ms FROM in_flight
