-- Takes a report's view away, because it cannot be replaced. {view}: its name. Gives nothing.
DROP VIEW {view}
