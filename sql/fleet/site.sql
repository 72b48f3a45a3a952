-- What a fleet records of its sites, workers and nights: no patient's id, no secret, no URL.
--
-- A site's row is written by the worker that runs its night; the engine (schema pgboss) gives a night to one worker at a time, and the
-- ledger's lock excludes the rest.

-- name: make_fleet_tables
-- Creates the tables. Safe to repeat.
CREATE SCHEMA IF NOT EXISTS redox_fleet;
CREATE TABLE IF NOT EXISTS redox_fleet.site (
  site text PRIMARY KEY,
  zone text NOT NULL,
  site_group text NOT NULL,
  time_zone text NOT NULL,
  nightly text NOT NULL,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'ok', 'needs_person', 'failing')),
  known_since timestamptz NOT NULL DEFAULT now(),
  since timestamptz NOT NULL DEFAULT now(),
  failures integer NOT NULL DEFAULT 0,
  next_due_at timestamptz,
  ended_at timestamptz,
  exit_code integer,
  reason text,
  run_id text,
  took_ms integer,
  accepted integer,
  open_calls integer,
  waiting integer,
  nights_left integer,
  person_lines integer,
  findable_share double precision,
  clean_at timestamptz
);
COMMENT ON TABLE redox_fleet.site IS 'One row per site of the folder.';
COMMENT ON COLUMN redox_fleet.site.site IS 'Its name: the name of its file.';
COMMENT ON COLUMN redox_fleet.site.zone IS 'FLEET_ZONE: which machines run it.';
COMMENT ON COLUMN redox_fleet.site.site_group IS 'FLEET_GROUP: sites of one group share a server.';
COMMENT ON COLUMN redox_fleet.site.time_zone IS 'SITE_TIME_ZONE, in which it is due.';
COMMENT ON COLUMN redox_fleet.site.nightly IS 'FLEET_NIGHTLY: a cron expression in that zone.';
COMMENT ON COLUMN redox_fleet.site.state IS 'How its last night ended: new before the first one, ok, needs_person (exit code 2), failing.';
COMMENT ON COLUMN redox_fleet.site.known_since IS 'When it came into the folder: what was due before that is not made up for.';
COMMENT ON COLUMN redox_fleet.site.since IS 'Since when it is in that state.';
COMMENT ON COLUMN redox_fleet.site.failures IS 'Starts in a row that ended with 69 or were killed.';
COMMENT ON COLUMN redox_fleet.site.next_due_at IS 'When its next nightly is due.';
COMMENT ON COLUMN redox_fleet.site.ended_at IS 'When its last nightly or intraday ended.';
COMMENT ON COLUMN redox_fleet.site.exit_code IS 'Its exit code; null if it was killed.';
COMMENT ON COLUMN redox_fleet.site.reason IS 'Why it ended: the reason of its job_ended, or killed.';
COMMENT ON COLUMN redox_fleet.site.run_id IS 'Its run, which names the folder of its reports.';
COMMENT ON COLUMN redox_fleet.site.took_ms IS 'How long it took.';
COMMENT ON COLUMN redox_fleet.site.accepted IS 'Calls that Redox accepted in it.';
COMMENT ON COLUMN redox_fleet.site.open_calls IS 'Calls that it left open.';
COMMENT ON COLUMN redox_fleet.site.waiting IS 'Rows that are due and wait beyond PLAN_AHEAD.';
COMMENT ON COLUMN redox_fleet.site.nights_left IS 'Nights until all of that is sent, at the pace of recent nights; null if they show none.';
COMMENT ON COLUMN redox_fleet.site.person_lines IS 'Lines of open-actions.csv that need a person.';
COMMENT ON COLUMN redox_fleet.site.findable_share IS 'Share of its patients at Redox that others can find by name, birth date and ZIP.';
COMMENT ON COLUMN redox_fleet.site.clean_at IS 'When a nightly last ended with 0.';
CREATE TABLE IF NOT EXISTS redox_fleet.night (
  night_id uuid PRIMARY KEY,
  job_id uuid NOT NULL,
  site text NOT NULL,
  job text NOT NULL,
  due_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  worker text NOT NULL,
  exit_code integer,
  reason text,
  run_id text,
  counts jsonb,
  asked_by text
);
CREATE INDEX IF NOT EXISTS night_site ON redox_fleet.night (site, started_at);
CREATE INDEX IF NOT EXISTS night_job ON redox_fleet.night (job_id);
CREATE INDEX IF NOT EXISTS night_open ON redox_fleet.night (site) WHERE ended_at IS NULL;
COMMENT ON TABLE redox_fleet.night IS 'One row per start of a job; kept for 90 days.';
COMMENT ON COLUMN redox_fleet.night.night_id IS 'The start.';
COMMENT ON COLUMN redox_fleet.night.job_id IS 'Its job in the engine: the same for every start of one due time.';
COMMENT ON COLUMN redox_fleet.night.due_at IS 'When it was due; null for a job asked for by hand.';
COMMENT ON COLUMN redox_fleet.night.ended_at IS 'Null while it runs, and where its worker died.';
COMMENT ON COLUMN redox_fleet.night.counts IS 'What its summary.json counts, under the names of the columns of site; null without reports.';
COMMENT ON COLUMN redox_fleet.night.asked_by IS 'User and host of `fleet run`; null for what was due.';
CREATE TABLE IF NOT EXISTS redox_fleet.worker (
  worker text PRIMARY KEY,
  zone text NOT NULL,
  version text NOT NULL,
  ledger_version integer NOT NULL,
  slots integer NOT NULL,
  folder_digest text NOT NULL,
  invalid_sites text[] NOT NULL DEFAULT '{}',
  clock_ahead_ms integer NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE redox_fleet.worker IS 'One row per worker seen within a day.';
COMMENT ON COLUMN redox_fleet.worker.worker IS 'Host and process.';
COMMENT ON COLUMN redox_fleet.worker.ledger_version IS 'Of the ledgers that its program has used: an older program is refused there.';
COMMENT ON COLUMN redox_fleet.worker.folder_digest IS 'Of the file names and contents of its folder of sites, without what *_FILE names; unreadable.';
COMMENT ON COLUMN redox_fleet.worker.invalid_sites IS 'Sites that it leaves out, because their files do not fit.';
COMMENT ON COLUMN redox_fleet.worker.clock_ahead_ms IS 'How far its clock is ahead of the clock of this database, at least; below 0 it is behind.';
CREATE TABLE IF NOT EXISTS redox_fleet.pause (
  scope text PRIMARY KEY,
  until_at timestamptz NOT NULL,
  because text NOT NULL,
  by_whom text NOT NULL,
  since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE redox_fleet.pause IS 'One row per pause. Nothing of its scope starts before its end.';
COMMENT ON COLUMN redox_fleet.pause.scope IS 'all, zone:<zone> or site:<site>.';
CREATE TABLE IF NOT EXISTS redox_fleet.change (
  change_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  subject text NOT NULL,
  state text NOT NULL,
  reason text NOT NULL,
  sent_at timestamptz
);
COMMENT ON TABLE redox_fleet.change IS 'One row per change that an alert reports; kept for 90 days.';
COMMENT ON COLUMN redox_fleet.change.subject IS 'A site, a zone or an address.';
COMMENT ON COLUMN redox_fleet.change.sent_at IS 'When a worker took it to send it; null before that.';
CREATE TABLE IF NOT EXISTS redox_fleet.trouble (
  reason text NOT NULL,
  subject text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (reason, subject)
);
COMMENT ON TABLE redox_fleet.trouble IS 'One row per trouble of the fleet itself, as long as it lasts.';
CREATE TABLE IF NOT EXISTS redox_fleet.outage (
  zone text PRIMARY KEY,
  step integer NOT NULL CHECK (step >= 0),
  until_at timestamptz NOT NULL,
  probe text,
  probe_at timestamptz,
  over_at timestamptz
);
COMMENT ON TABLE redox_fleet.outage IS 'One row per zone whose sites failed alike at Redox: their nights wait, then one of them tries first.';
COMMENT ON COLUMN redox_fleet.outage.step IS 'The pauses in a row before this one: each is twice as long.';
COMMENT ON COLUMN redox_fleet.outage.until_at IS 'The end of this pause.';
COMMENT ON COLUMN redox_fleet.outage.probe IS 'The site that tries first after it; null before that.';
COMMENT ON COLUMN redox_fleet.outage.probe_at IS 'Since when.';
COMMENT ON COLUMN redox_fleet.outage.over_at IS 'When a night ended well; null while the outage lasts.';

-- name: has_fleet_tables
-- Whether the tables exist.
-- One row.
SELECT to_regclass('redox_fleet.outage') IS NOT NULL AS exist;

-- name: read_clock
-- The clock of the fleet.
-- One row.
SELECT clock_timestamp() AS at;

-- name: note_worker
-- Says that a worker lives. $1: worker. $2: zone. $3: version. $4: slots. $5: digest of its folder. $6: ledger version.
-- $7: the sites that it leaves out. $8: how far its clock is ahead, in milliseconds.
INSERT INTO redox_fleet.worker (worker, zone, version, slots, folder_digest, ledger_version, invalid_sites, clock_ahead_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (worker) DO UPDATE
SET
  seen_at = now(),
  folder_digest = excluded.folder_digest,
  invalid_sites = excluded.invalid_sites,
  clock_ahead_ms = excluded.clock_ahead_ms;

-- name: forget_worker
-- A worker has ended. $1: worker.
DELETE FROM redox_fleet.worker WHERE worker = $1;

-- name: forget_old
-- Deletes what is past its time.
WITH workers AS (
  DELETE FROM redox_fleet.worker WHERE seen_at < now() - interval '1 day'
),
nights AS (
  DELETE FROM redox_fleet.night WHERE started_at < now() - interval '90 days'
),
pauses AS (
  DELETE FROM redox_fleet.pause WHERE until_at < now()
)
DELETE FROM redox_fleet.change WHERE at < now() - interval '90 days';

-- name: know_sites
-- Takes in the folder's sites. $1: sites. $2: the zone of each. $3: its group. $4: its time zone. $5: its cron expression. $6: when its next
-- nightly is due, or null.
INSERT INTO redox_fleet.site (site, zone, site_group, time_zone, nightly, next_due_at)
SELECT t.site, t.zone, t.site_group, t.time_zone, t.nightly, t.next_due_at::timestamptz
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  AS t (site, zone, site_group, time_zone, nightly, next_due_at)
ON CONFLICT (site) DO UPDATE
SET
  zone = excluded.zone,
  site_group = excluded.site_group,
  time_zone = excluded.time_zone,
  nightly = excluded.nightly,
  next_due_at = excluded.next_due_at
WHERE
  (site.zone, site.site_group, site.time_zone, site.nightly, site.next_due_at)
  IS DISTINCT FROM (excluded.zone, excluded.site_group, excluded.time_zone, excluded.nightly, excluded.next_due_at);

-- name: forget_sites
-- Forgets sites that have left every folder: another machine may have a newer one, and keeps the due time. $1: the sites of this one.
DELETE FROM redox_fleet.site WHERE site <> ALL ($1::text[]) AND next_due_at < now() - interval '1 day';

-- name: begin_night
-- A job of a site starts. $1: its start. $2: the engine's job. $3: site. $4: job. $5: due time or null. $6: worker. $7: who asked, or null.
INSERT INTO redox_fleet.night (night_id, job_id, site, job, due_at, worker, asked_by)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: end_night
-- A job of a site has ended. $1: its start. $2: exit code or null. $3: reason. $4: run or null. $5: counts or null.
UPDATE redox_fleet.night
SET ended_at = now(), exit_code = $2, reason = $3, run_id = $4, counts = $5
WHERE night_id = $1;

-- name: note_site_end
-- Writes how the last night of a site ended, and notes a change of its state. $1: site. $2: ok, needs_person, failing, or null where this
-- end says nothing new. $3: whether it counts as a failure. $4: exit code or null. $5: reason. $6: run or null. $7: took (ms).
-- $8: counts by column, or null: those that are there stay. $9: whether it was a nightly.
WITH before AS (
  SELECT
    s.site, s.state,
    CASE WHEN $3 AND s.failures >= 2 THEN 'failing' ELSE coalesce($2, s.state) END AS state_now
  FROM redox_fleet.site s
  WHERE s.site = $1
  FOR UPDATE
),
noted AS (
  UPDATE redox_fleet.site s
  SET
    failures = CASE WHEN $3 THEN s.failures + 1 ELSE 0 END,
    state = b.state_now,
    since = CASE WHEN b.state_now = b.state THEN s.since ELSE now() END,
    ended_at = now(),
    exit_code = $4,
    reason = $5,
    run_id = coalesce($6, s.run_id),
    took_ms = $7,
    (accepted, open_calls, waiting, nights_left, person_lines, findable_share) = (
      SELECT c.accepted, c.open_calls, c.waiting, c.nights_left, c.person_lines, c.findable_share
      FROM
        jsonb_to_record(coalesce($8::jsonb, to_jsonb(s))) AS c (
          accepted integer, open_calls integer, waiting integer, nights_left integer, person_lines integer,
          findable_share double precision
        )
    ),
    clean_at = CASE WHEN $9 AND $4 = 0 THEN now() ELSE s.clean_at END
  FROM before b
  WHERE s.site = b.site
)
INSERT INTO redox_fleet.change (subject, state, reason)
SELECT b.site, b.state_now, $5
FROM before b
WHERE b.state_now <> b.state AND NOT (b.state_now = 'ok' AND b.state = 'new');

-- name: read_sites
-- All sites, the worst first. A job runs as long as its worker gives the engine signs of life. $1: what the names of its queues begin with.
-- One row per site.
WITH running AS (
  SELECT DISTINCT ON (n.site) n.site, n.worker, n.started_at
  FROM redox_fleet.night n
  JOIN redox_fleet.site s ON s.site = n.site
  JOIN pgboss.job j ON j.name = $1 || s.zone AND j.id = n.job_id
  WHERE
    n.ended_at IS NULL
    AND j.state = 'active'
    AND coalesce(j.heartbeat_on, j.started_on) + coalesce(j.heartbeat_seconds, 0) * interval '1 second' > now()
  ORDER BY n.site, n.started_at DESC
)
SELECT
  s.site, s.zone, s.site_group, s.time_zone, s.nightly, s.known_since, s.state, s.since, s.failures, s.next_due_at,
  r.worker AS running_on, r.started_at AS running_since,
  s.ended_at, s.exit_code, s.reason, s.run_id, s.took_ms, s.accepted, s.open_calls, s.waiting, s.nights_left, s.person_lines,
  s.findable_share, s.clean_at,
  (
    SELECT max(p.until_at)
    FROM redox_fleet.pause p
    WHERE p.until_at > now() AND p.scope IN ('all', 'zone:' || s.zone, 'site:' || s.site)
  ) AS paused_until
FROM redox_fleet.site s
LEFT JOIN running r ON r.site = s.site
ORDER BY array_position(ARRAY['failing', 'needs_person', 'new', 'ok'], s.state), s.since, s.site;

-- name: read_workers
-- Workers seen within a day.
-- One row per worker.
SELECT
  w.worker, w.zone, w.version, w.ledger_version, w.slots, w.folder_digest, w.invalid_sites, w.clock_ahead_ms, w.started_at, w.seen_at,
  w.seen_at > now() - interval '3 minutes' AS lives
FROM redox_fleet.worker w
ORDER BY w.zone, w.worker;

-- name: read_addresses
-- Budgets of client addresses, and what they grant now.
-- One row per address.
SELECT
  b.address, b.calls, b.window_ms,
  CASE WHEN b.paused_until > now() THEN b.paused_until END AS paused_until,
  b.paused_why,
  coalesce(lent.calls, 0)::integer AS used,
  greatest(
    0,
    extract(epoch FROM b.paused_until - now()),
    CASE WHEN lent.calls >= b.calls THEN extract(epoch FROM lent.first_end - now()) + b.window_ms / 1000.0 END
  )::integer AS wait_s
FROM redox_fleet.rate_budget b
CROSS JOIN LATERAL (
  SELECT sum(l.calls) AS calls, min(coalesce(l.ended_at, l.last_end_at)) AS first_end
  FROM redox_fleet.rate_lease l
  WHERE l.address = b.address AND coalesce(l.ended_at, l.last_end_at) >= now() - b.window_ms * interval '1 millisecond'
) lent
ORDER BY b.address;

-- name: set_budget
-- Makes or changes the limit of an address. $1: address. $2: calls. $3: window in milliseconds.
INSERT INTO redox_fleet.rate_budget (address, calls, window_ms, paced_until, paused_until, timeline)
VALUES (
  $1, $2, $3, clock_timestamp(), clock_timestamp(),
  ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer
)
ON CONFLICT (address) DO UPDATE SET calls = excluded.calls, window_ms = excluded.window_ms;

-- name: pause_address
-- A person pauses an address, or ends its pause with 0. $1: address. $2: milliseconds.
-- One row if the address has a budget.
UPDATE redox_fleet.rate_budget
SET paused_until = clock_timestamp() + $2 * interval '1 millisecond', paused_why = 'person'
WHERE address = $1
RETURNING address;

-- name: pause_scope
-- Nothing of a scope starts until then. $1: scope. $2: until. $3: because. $4: by whom.
INSERT INTO redox_fleet.pause (scope, until_at, because, by_whom)
VALUES ($1, $2, $3, $4)
ON CONFLICT (scope) DO UPDATE
SET until_at = excluded.until_at, because = excluded.because, by_whom = excluded.by_whom, since = now();

-- name: resume_scope
-- Ends a pause. $1: scope.
-- One row if there was one.
DELETE FROM redox_fleet.pause WHERE scope = $1 RETURNING scope;

-- name: read_pauses
-- Pauses that last.
-- One row per pause.
SELECT p.scope, p.until_at, p.because, p.by_whom, p.since FROM redox_fleet.pause p WHERE p.until_at > now() ORDER BY p.scope;

-- name: read_ends
-- How the starts of jobs of the engine ended. $1: the engine's jobs.
-- One row per start that has ended.
SELECT n.job_id, n.exit_code, n.reason
FROM redox_fleet.night n
WHERE n.job_id = ANY ($1::uuid[]) AND n.ended_at IS NOT NULL
ORDER BY n.ended_at;

-- name: read_queue
-- What the engine holds, by zone. $1: what the names of its queues begin with.
-- One row per queue with waiting jobs.
SELECT
  substr(j.name, length($1) + 1) AS zone,
  count(*)::integer AS waiting,
  extract(epoch FROM now() - min(coalesce((j.data ->> 'due')::timestamptz, j.created_on)))::integer AS oldest_s
FROM pgboss.job j
WHERE j.state IN ('created', 'retry') AND starts_with(j.name, $1) AND j.start_after <= now()
GROUP BY j.name;

-- name: read_late
-- Nights that are due and have not started, or wait for another try. $1: what the names of the engine's queues begin with.
-- One row per site.
SELECT
  j.data ->> 'site' AS site,
  extract(epoch FROM now() - min((j.data ->> 'due')::timestamptz))::integer AS late_s
FROM pgboss.job j
WHERE
  starts_with(j.name, $1)
  AND j.data ->> 'job' = 'nightly'
  AND j.data ->> 'due' IS NOT NULL
  AND (j.state = 'retry' OR (j.state = 'created' AND j.start_after <= now()))
GROUP BY 1;

-- name: note_trouble
-- Notes troubles of the fleet itself, and what has changed since the last look. $1: reasons. $2: the subject of each.
WITH now_there AS (
  SELECT * FROM unnest($1::text[], $2::text[]) AS t (reason, subject)
),
begun AS (
  INSERT INTO redox_fleet.trouble (reason, subject)
  SELECT reason, subject FROM now_there
  ON CONFLICT (reason, subject) DO NOTHING
  RETURNING reason, subject
),
over AS (
  DELETE FROM redox_fleet.trouble t
  WHERE NOT EXISTS (SELECT FROM now_there n WHERE n.reason = t.reason AND n.subject = t.subject)
  RETURNING t.reason, t.subject
)
INSERT INTO redox_fleet.change (subject, state, reason)
SELECT subject, 'trouble', reason FROM begun
UNION ALL
SELECT subject, 'over', reason FROM over;

-- name: take_changes
-- Takes the changes that no alert has reported, once the oldest is old enough. $1: milliseconds.
-- One row per change.
UPDATE redox_fleet.change c
SET sent_at = now()
WHERE
  c.sent_at IS NULL
  AND EXISTS (SELECT FROM redox_fleet.change o WHERE o.sent_at IS NULL AND o.at < now() - $1 * interval '1 millisecond')
RETURNING c.change_id, c.subject, c.state, c.reason;

-- name: return_changes
-- Gives changes back whose alert could not be sent. $1: changes.
UPDATE redox_fleet.change SET sent_at = NULL WHERE change_id = ANY ($1::integer[]);
