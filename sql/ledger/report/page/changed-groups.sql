-- Which groups of fields changed. A row counts once in each of its groups. $1: run number. One row per entity and field group.
SELECT d.entity, g.field_group, count(*) AS changed
FROM discrepancy d
CROSS JOIN unnest(d.changed_groups) AS g (field_group)
WHERE d.run_number = $1
GROUP BY d.entity, g.field_group
ORDER BY array_position(ARRAY['patient', 'merge', 'encounter'], d.entity), changed DESC, g.field_group
