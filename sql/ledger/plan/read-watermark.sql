-- How far updated_at has been read. Takes no parameters. One row, or none before the first run that moves it.
SELECT through FROM watermark
