-- A small EHR with tables of its own making: what a site's contract has to translate from.
-- Times of visits are zoneless and read on a wall in America/Chicago; `changed_at` is an instant.
CREATE SCHEMA clinic
