-- Takes the clinic away, if there is one.
DROP SCHEMA IF EXISTS clinic CASCADE
