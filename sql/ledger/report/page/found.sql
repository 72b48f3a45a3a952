-- What did not agree, in numbers. $1: run number. One row per entity and kind of discrepancy.
SELECT entity, kind, count(*) AS discrepancies
FROM discrepancy
WHERE run_number = $1
GROUP BY entity, kind
ORDER BY array_position(ARRAY['patient', 'merge', 'encounter'], entity), discrepancies DESC, kind
