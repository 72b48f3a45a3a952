-- Forgets in-flight POSTs that are over by now. Takes no parameters. Gives nothing.
DELETE FROM in_flight WHERE ends_at <= now()
