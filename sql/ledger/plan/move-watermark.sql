-- Moves the watermark, in the transaction that stores the plan (decision 12). It never goes back.
-- $1: how far updated_at has been read. $2: this run. Gives nothing.
INSERT INTO watermark (through, run_number)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET through = greatest(watermark.through, excluded.through), run_number = excluded.run_number
