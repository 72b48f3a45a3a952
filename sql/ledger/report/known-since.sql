-- Since when the oldest of the lines has been known that need a person and are not new. A call says since when it has been owed; of
-- other lines, the first sweep counts that found them. The report's own query takes the place of `open_actions`. Where there are very
-- many lines, some of them speak for all. $1: run number. One row: the time, or null where no line is known from before.
WITH known AS MATERIALIZED (
  SELECT DISTINCT entity, entity_id, kind, open_since
  FROM open_actions
  WHERE needs = 'person' AND NOT is_new
  LIMIT 1000
)
SELECT least(
  (SELECT min(open_since) FROM known),
  (
    SELECT min(b.started_at)
    FROM known k
    JOIN run b ON b.run_number < $1 AND b.mode = 'sweep' AND b.status = 'done' AND NOT b.plan_only
    JOIN discrepancy d ON d.run_number = b.run_number AND d.entity = k.entity AND d.entity_id = k.entity_id AND d.kind = k.kind
    WHERE k.open_since IS NULL
  ),
  (
    SELECT min(b.started_at)
    FROM known k
    JOIN source_file f ON f.run_number < $1 AND f.file = k.entity_id
    JOIN run b ON b.run_number = f.run_number AND b.mode = 'sweep' AND b.status = 'done' AND NOT b.plan_only
    WHERE k.entity = 'file'
      AND (
        (k.kind = 'extract_old' AND f.age IS NOT NULL)
        OR (k.kind = 'lines_left_out' AND EXISTS (SELECT FROM source_gap g WHERE g.run_number = f.run_number AND g.file = f.file))
      )
  )
) AS known_since
