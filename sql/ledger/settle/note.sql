-- Keeps what a person said. $1: run. $2: the word. $3: when. $4: entities. $5: ids. $6: of what each was settled. Gives nothing.
INSERT INTO settlement (run_number, entity, entity_id, said, settled_of, settled_at)
SELECT $1, i.entity, i.entity_id, $2, i.settled_of, $3
FROM unnest($4::text[], $5::text[], $6::text[]) AS i (entity, entity_id, settled_of)
