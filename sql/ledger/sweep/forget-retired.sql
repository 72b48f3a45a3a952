-- Who was retired when the chunks were compared is no longer asked. Takes no parameters. Gives nothing.
DELETE FROM compared_retired
