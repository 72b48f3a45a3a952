-- Waits until nobody else judges the site, and lets others wait until this session ends. Takes no parameters. One row.
SELECT pg_advisory_lock(hashtextextended('redox-reconcile alert', 0))
