-- The server's clock at this moment, for a comparison with ours. Takes no parameters.
-- One row: `milliseconds` since 1970-01-01T00:00:00Z.
SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS milliseconds
