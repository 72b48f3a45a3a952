-- The chunks that a scan can meet. $1: entity. One row per some thousand of them, in the order of their digests, of two with one digest
-- the later one first: chunks, how many there are in all; entries, 24 bytes a chunk, its digest and its key.
SELECT max(chunks)::integer AS chunks, string_agg(entry, '' ORDER BY place) AS entries
FROM (
  SELECT
    uuid_send(digest) || int8send(chunk_id) AS entry,
    row_number() OVER (ORDER BY digest, chunk_id DESC) AS place,
    count(*) OVER () AS chunks
  FROM stage_chunk
  WHERE entity = $1 AND digest IS NOT NULL
) AS staged
GROUP BY place / 2000
ORDER BY place / 2000
