-- How many rows the last sweep read: about so many this one will. Takes no parameters. One row.
SELECT coalesce(sum((of_entity.counts ->> 'read')::integer), 0)::integer AS rows
FROM (SELECT counts FROM run WHERE mode = 'sweep' AND counts IS NOT NULL ORDER BY run_number DESC LIMIT 1) AS last
CROSS JOIN LATERAL jsonb_each(last.counts) AS of_entity (entity, counts)
