-- Takes a report's view away, to make it anew. {view}: its name. Gives nothing.
DROP VIEW {view}
