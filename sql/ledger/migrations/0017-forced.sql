-- Two more kinds of discrepancy: a row that is sent by force alone, and one that a damaged source keeps from being read in full.
ALTER TABLE discrepancy DROP CONSTRAINT discrepancy_kind_check;
ALTER TABLE discrepancy ADD CONSTRAINT discrepancy_kind_check CHECK (
  kind IN ('new', 'changed', 'silent_change', 'merged', 'merge_undone', 'merge_repointed', 'merge_cycle', 'merge_without_survivor',
    'gone', 'orphan', 'cancelled_after_push', 'duplicate_key', 'invalid', 'held', 'forced', 'unread')
);

-- A page tells times as the site's clocks show them, and is the same whenever it is written again, whatever is set by then.
ALTER TABLE run ADD COLUMN site_time_zone text;
COMMENT ON COLUMN run.site_time_zone IS 'SITE_TIME_ZONE when it ran, for the times on its page; null where nobody had set one: then they are UTC.';
