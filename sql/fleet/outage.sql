-- An outage of a zone: many of its sites failed alike at Redox. Workers decide in `src/decide/fleet/outage.ts` what follows from a row, and
-- write it only over the row that they have read.

-- name: read_outages
-- One row per zone.
SELECT o.zone, o.step, o.until_at, o.probe, o.probe_at, o.over_at FROM redox_fleet.outage o ORDER BY o.zone;

-- name: read_breaks
-- Sites of a zone whose night was stopped by Redox, or could not reach it, in the last ten minutes, and since it last took calls of the zone:
-- a single machine whose clock or network is wrong stops nobody else. $1: zone. $2: reasons.
-- One row per site.
SELECT n.site, max(n.ended_at) AS ended_at
FROM redox_fleet.night n
JOIN redox_fleet.site s ON s.site = n.site
WHERE
  s.zone = $1
  AND n.reason = ANY ($2::text[])
  AND n.ended_at > now() - interval '10 minutes'
  AND NOT EXISTS (
    SELECT
    FROM redox_fleet.site w
    WHERE w.zone = $1 AND w.exit_code IN (0, 2, 3) AND w.accepted > 0 AND w.ended_at > n.ended_at
  )
GROUP BY n.site;

-- name: begin_outage
-- Pauses a zone and its address, unless another worker has done so. $1: zone. $2: step. $3: until. $4: the end of the pause that was read,
-- or null.
-- One row if it did.
WITH begun AS (
  INSERT INTO redox_fleet.outage (zone, step, until_at)
  VALUES ($1, $2, $3)
  ON CONFLICT (zone) DO UPDATE
  SET step = excluded.step, until_at = excluded.until_at, probe = NULL, probe_at = NULL, over_at = NULL
  WHERE outage.until_at = $4
  RETURNING zone, until_at
),
paused AS (
  UPDATE redox_fleet.rate_budget b
  SET paused_until = greatest(b.paused_until, o.until_at), paused_why = 'outage'
  FROM begun o
  WHERE b.address = o.zone
)
SELECT zone FROM begun;

-- name: claim_probe
-- A site tries first. $1: zone. $2: site. $3: the end of the pause that was read.
-- One row if no other site does.
UPDATE redox_fleet.outage
SET probe = $2, probe_at = now()
WHERE zone = $1 AND until_at = $3 AND over_at IS NULL AND (probe IS NULL OR probe = $2)
RETURNING zone;

-- name: note_outage_over
-- A night ended well after the pause. $1: zone.
-- One row if the outage lasted.
UPDATE redox_fleet.outage SET over_at = now() WHERE zone = $1 AND over_at IS NULL AND until_at < now() RETURNING zone;

-- name: drop_outage
-- A person ends an outage, and the pause of its address. $1: zone, or null for all.
-- One row per zone.
WITH dropped AS (
  DELETE FROM redox_fleet.outage o WHERE ($1::text IS NULL OR o.zone = $1) RETURNING o.zone, o.over_at
),
freed AS (
  UPDATE redox_fleet.rate_budget b
  SET paused_until = now()
  FROM dropped d
  WHERE b.address = d.zone AND b.paused_why = 'outage' AND b.paused_until > now()
)
SELECT d.zone FROM dropped d WHERE d.over_at IS NULL;
