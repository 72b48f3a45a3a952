-- Of several lines about one row the latest delivery counts. Takes no parameters. Gives nothing.
UPDATE stage_acknowledged a
SET fault = 'repeated'
FROM (
  SELECT line, row_number() OVER (PARTITION BY entity, entity_id ORDER BY delivered_at DESC, line DESC) AS place
  FROM stage_acknowledged
  WHERE fault IS NULL
) AS ranked
WHERE ranked.line = a.line AND ranked.place > 1
