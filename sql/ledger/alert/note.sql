-- Remembers a judgement. $1: when. $2: job. $3: plan only. $4: run id, or null. $5: due. $6: start. $7: exit code. $8: reasons.
-- $9: lines for a person. $10: findable share. $11: rows missed. $12 to $14: what people know: state, reasons, since when. Gives nothing.
INSERT INTO health_record (
  recorded_at, job, plan_only, run_id, due_at, started_at, exit_code, reasons, person_lines, findable_share, missed_rows,
  alerted_state, alerted_reasons, alerted_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
