-- One row per visit that a merge moved to the survivor: what moves back where the merge is undone.
CREATE TABLE clinic.merge_moved_visit (
  merge_id bigint NOT NULL REFERENCES clinic.merge_log,
  visit_id bigint NOT NULL,
  PRIMARY KEY (merge_id, visit_id)
)
