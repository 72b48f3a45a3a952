-- What became of the lines. $1: this run. One row per kind, the most frequent first.
SELECT kind, count(*) AS lines FROM acknowledged WHERE run_number = $1 GROUP BY kind ORDER BY lines DESC, kind
