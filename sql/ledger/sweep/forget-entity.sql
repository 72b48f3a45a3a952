-- Forgets all chunks of an entity, so that the next sweep stages each of its rows. $1: entity. Gives nothing.
DELETE FROM stage_chunk WHERE entity = $1
