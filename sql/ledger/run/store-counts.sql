-- Keeps the counts of rows, and where the watermark went. $1: run. $2: counts. $3: watermark, or null. Gives nothing.
UPDATE run SET counts = $2, watermark_to = $3 WHERE run_number = $1
