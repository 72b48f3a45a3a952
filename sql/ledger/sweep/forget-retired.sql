-- Who was retired when the chunks were settled is no longer asked. Takes no parameters. Gives nothing.
DELETE FROM settled_retired
