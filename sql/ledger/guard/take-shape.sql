-- Takes the shape of the contract. $1: its queries. Gives nothing.
INSERT INTO contract_shape (queries) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries
