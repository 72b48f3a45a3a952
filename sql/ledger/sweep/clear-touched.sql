-- What was touched has unsettled its chunks. Takes no parameters. Gives nothing.
DELETE FROM touched_row
