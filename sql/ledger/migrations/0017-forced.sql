-- Two more kinds of discrepancy: a row that is sent by force alone, and one that a damaged source keeps from being read in full.
ALTER TABLE discrepancy DROP CONSTRAINT discrepancy_kind_check;
ALTER TABLE discrepancy ADD CONSTRAINT discrepancy_kind_check CHECK (
  kind IN ('new', 'changed', 'silent_change', 'merged', 'merge_undone', 'merge_repointed', 'merge_cycle', 'merge_without_survivor',
    'gone', 'orphan', 'cancelled_after_push', 'duplicate_key', 'invalid', 'held', 'forced', 'unread')
);
