-- Frees the room of what was taken out, and gives the planner true sizes. Takes no parameters.
VACUUM (ANALYZE) stage_patient
