-- How much Redox was told, for the guard. Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM (SELECT FROM patient WHERE presence = 'held' LIMIT 1000) AS sample) AS patient,
  (SELECT count(*) FROM (SELECT FROM encounter LIMIT 1000) AS sample) AS encounter,
  (SELECT count(*) FROM patient WHERE merged_into IS NOT NULL) AS merge
