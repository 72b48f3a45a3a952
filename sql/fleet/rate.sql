-- A rate that processes and machines share: one row per client address, and a lease for each small number of calls.
--
-- A holder starts at most the lease's calls within `lease_ms` of when it asked. So none of them can arrive after
-- `last_end_at`, nor after the holder has given the lease back (`ended_at`). Until a window after that, the lease counts
-- with all its calls. A lease is granted only if all that count, and its own calls, are within the limit. Take any window at Redox,
-- and of the leases with arrivals in it the one that was granted last: all the others counted then.
--
-- One clock counts, the database's. It never falls below the newest time in the leases.

-- name: has_rate_tables
-- Whether the tables exist.
-- One row.
SELECT to_regclass('redox_fleet.rate_lease') IS NOT NULL AS exist;

-- name: make_rate_tables
-- Creates the tables, one process at a time. Safe to repeat.
CREATE SCHEMA IF NOT EXISTS redox_fleet;
CREATE TABLE IF NOT EXISTS redox_fleet.rate_budget (
  address text PRIMARY KEY,
  calls integer NOT NULL CHECK (calls > 0),
  window_ms integer NOT NULL CHECK (window_ms > 0),
  paced_until timestamptz NOT NULL,
  paused_until timestamptz NOT NULL,
  paused_why text CHECK (paused_why IN ('429', 'failover', 'person', 'outage')),
  timeline integer NOT NULL
);
COMMENT ON TABLE redox_fleet.rate_budget IS 'One row per client address that Redox counts (RATE_ADDRESS).';
COMMENT ON COLUMN redox_fleet.rate_budget.address IS 'RATE_ADDRESS: a name that the operator chooses.';
COMMENT ON COLUMN redox_fleet.rate_budget.calls IS 'The most calls that arrive in any rolling window. At first RATE_LIMIT of the process that came first.';
COMMENT ON COLUMN redox_fleet.rate_budget.window_ms IS 'The length of the window in milliseconds.';
COMMENT ON COLUMN redox_fleet.rate_budget.paced_until IS 'When the calls granted so far would have left at even spacing.';
COMMENT ON COLUMN redox_fleet.rate_budget.paused_until IS 'No lease is granted before this time.';
COMMENT ON COLUMN redox_fleet.rate_budget.paused_why IS '429: Redox refused a call for its rate; failover: leases may be lost; person: by hand; outage: sites of a fleet failed alike. Null before the first pause.';
COMMENT ON COLUMN redox_fleet.rate_budget.timeline IS 'The timeline of the server. Another one shows that a standby was promoted, so leases may be lost.';
CREATE TABLE IF NOT EXISTS redox_fleet.rate_lease (
  lease_id integer GENERATED ALWAYS AS IDENTITY (CYCLE) PRIMARY KEY,
  address text NOT NULL REFERENCES redox_fleet.rate_budget ON DELETE CASCADE,
  site text NOT NULL,
  holder text NOT NULL,
  calls integer NOT NULL CHECK (calls >= 0),
  taken_at timestamptz NOT NULL,
  last_end_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX IF NOT EXISTS rate_lease_address ON redox_fleet.rate_lease (address);
COMMENT ON TABLE redox_fleet.rate_lease IS 'One row per lease that still counts.';
COMMENT ON COLUMN redox_fleet.rate_lease.lease_id IS 'Its number.';
COMMENT ON COLUMN redox_fleet.rate_lease.address IS 'The budget that it is taken from.';
COMMENT ON COLUMN redox_fleet.rate_lease.site IS 'The destination id of the site.';
COMMENT ON COLUMN redox_fleet.rate_lease.holder IS 'Host and process.';
COMMENT ON COLUMN redox_fleet.rate_lease.calls IS 'The calls granted; once it is given back, those that were made.';
COMMENT ON COLUMN redox_fleet.rate_lease.taken_at IS 'When it was granted.';
COMMENT ON COLUMN redox_fleet.rate_lease.last_end_at IS 'When the last of its calls has ended at the latest, also if its holder died.';
COMMENT ON COLUMN redox_fleet.rate_lease.ended_at IS 'When it was given back; null before that.';

-- name: know_address
-- Makes the budget of an address, unless it exists.
-- $1: address. $2: calls. $3: window in milliseconds.
INSERT INTO redox_fleet.rate_budget (address, calls, window_ms, paced_until, paused_until, timeline)
VALUES (
  $1, $2, $3, clock_timestamp(), clock_timestamp(),
  ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer
)
ON CONFLICT (address) DO NOTHING;

-- name: lock_budget
-- Waits for the budget of an address: the statement after it, in the same transaction, sees all leases.
-- $1: address.
SELECT FROM redox_fleet.rate_budget WHERE address = $1 FOR UPDATE;

-- name: take_lease
-- Grants a lease, and forgets those that no longer count. A lease lasts a sixtieth of the window, five seconds at most. A holder
-- gets at most its share of that time. After a failover, nothing is granted until every lost lease has left the window.
-- $1: address. $2: site. $3: holder. $4: calls asked for. $5: the longest time of a call, in milliseconds.
-- One row: the lease, or null and how long to wait.
WITH budget AS MATERIALIZED (
  SELECT
    b.calls, b.window_ms, b.paced_until, b.timeline,
    b.window_ms * interval '1 millisecond' AS rolling_window,
    least(5000, greatest(1, b.window_ms / 60)) AS lease_ms,
    ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer AS timeline_now,
    b.paused_until,
    b.paused_why,
    greatest(
      clock_timestamp(),
      (SELECT max(greatest(l.taken_at, l.ended_at)) FROM redox_fleet.rate_lease l WHERE l.address = b.address)
    ) AS t
  FROM redox_fleet.rate_budget b
  WHERE b.address = $1
),
moved AS MATERIALIZED (
  SELECT
    b.*,
    b.window_ms::double precision / b.calls AS spacing_ms,
    greatest(b.paced_until, b.t) AS next_at,
    CASE
      WHEN b.timeline_now = b.timeline THEN b.paused_until
      ELSE greatest(b.paused_until, b.t + b.rolling_window + (b.lease_ms + $5 + 2000) * interval '1 millisecond')
    END AS pause_until
  FROM budget b
),
counted AS MATERIALIZED (
  SELECT
    coalesce(sum(l.calls) FILTER (WHERE coalesce(l.ended_at, l.last_end_at) >= m.t - m.rolling_window), 0)::integer AS calls,
    min(coalesce(l.ended_at, l.last_end_at))
      FILTER (WHERE l.calls > 0 AND coalesce(l.ended_at, l.last_end_at) >= m.t - m.rolling_window) AS first_end_at,
    count(DISTINCT l.holder)
      FILTER (WHERE l.holder <> $3 AND l.taken_at > m.t - 2 * m.lease_ms * interval '1 millisecond')::integer AS others
  FROM moved m
  LEFT JOIN redox_fleet.rate_lease l ON l.address = $1
),
decided AS MATERIALIZED (
  SELECT
    m.*,
    c.first_end_at,
    c.calls AS counted_calls,
    CASE
      WHEN m.pause_until > m.t THEN 0
      ELSE greatest(
        0,
        least(
          $4::integer,
          m.calls - c.calls,
          ceil(m.lease_ms / m.spacing_ms / (c.others + 1))::integer,
          ceil((m.lease_ms - extract(epoch FROM m.next_at - m.t) * 1000) / m.spacing_ms)::integer
        )
      )
    END AS granted
  FROM moved m
  CROSS JOIN counted c
),
forgotten AS (
  DELETE FROM redox_fleet.rate_lease l
  USING decided d
  WHERE l.address = $1 AND coalesce(l.ended_at, l.last_end_at) < d.t - d.rolling_window
),
noted AS (
  UPDATE redox_fleet.rate_budget b
  SET
    paced_until = d.next_at + d.granted * d.spacing_ms * interval '1 millisecond',
    paused_until = d.pause_until,
    paused_why = CASE WHEN d.timeline_now = d.timeline THEN d.paused_why ELSE 'failover' END,
    timeline = d.timeline_now
  FROM decided d
  WHERE b.address = $1
),
lease AS (
  INSERT INTO redox_fleet.rate_lease (address, site, holder, calls, taken_at, last_end_at)
  SELECT $1, $2, $3, d.granted, d.t, d.t + (d.lease_ms + $5 + 2000) * interval '1 millisecond'
  FROM decided d
  WHERE d.granted > 0
  RETURNING lease_id
)
SELECT
  (SELECT lease_id FROM lease) AS lease_id,
  d.granted AS calls,
  d.lease_ms,
  greatest(
    10,
    least(
      d.lease_ms,
      greatest(
        extract(epoch FROM d.pause_until - d.t) * 1000,
        extract(epoch FROM d.next_at - d.t) * 1000 - d.lease_ms + 1,
        CASE
          WHEN d.counted_calls >= d.calls THEN extract(epoch FROM d.first_end_at + d.rolling_window - d.t) * 1000 + 1
          ELSE 0
        END
      )
    )
  )::integer AS wait_ms
FROM decided d;

-- name: give_lease
-- Gives a lease back when its last call has ended. $1: lease. $2: the calls that were made.
UPDATE redox_fleet.rate_lease l
SET
  calls = $2,
  ended_at = greatest(
    clock_timestamp(),
    (SELECT max(o.taken_at) FROM redox_fleet.rate_lease o WHERE o.address = l.address)
  )
WHERE l.lease_id = $1 AND l.ended_at IS NULL;

-- name: pause_budget
-- Redox refused a call for its rate: no lease is granted for a while, and then calls go out one by one. $1: address. $2: milliseconds.
UPDATE redox_fleet.rate_budget
SET
  paused_until = greatest(paused_until, clock_timestamp() + $2 * interval '1 millisecond'),
  paced_until = greatest(
    paced_until, paused_until, clock_timestamp() + ($2 + least(5000, window_ms / 60)) * interval '1 millisecond'
  ),
  paused_why = '429'
WHERE address = $1;
