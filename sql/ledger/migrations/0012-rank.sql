-- In which order persons are told: whom Redox knows first, then by how recently anything about them changed (ARCHITECTURE.md, "Whose
-- turn it is"). What is planned already keeps its order, by id: rank 0. The index is made anew, about a minute for ten million calls.
ALTER TABLE call ADD COLUMN rank integer NOT NULL DEFAULT 0;
DROP INDEX call_order;
CREATE INDEX call_order ON call (run_number, rank, lane, position, call_id);
COMMENT ON COLUMN call.rank IS 'The person''s turn among those of this run, the lowest first; the same for all calls of a lane; 0 where the plan was too small to rank.';

CREATE UNLOGGED TABLE stage_rank (
  lane text COLLATE "C" PRIMARY KEY,
  rank integer NOT NULL
);
COMMENT ON TABLE stage_rank IS 'One row per person of the stage, where the plan is large enough to be ranked.';
COMMENT ON COLUMN stage_rank.lane IS 'The id that stands for the person.';
COMMENT ON COLUMN stage_rank.rank IS 'The person''s turn, from 1. A number of order, never a time.';
