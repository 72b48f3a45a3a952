-- What was touched has uncompared its chunks. Takes no parameters. Gives nothing.
DELETE FROM dirty_row
