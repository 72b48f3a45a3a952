-- What became of a call for the run that planned it, in the words of the reports. The ledger's state says what is known now,
-- and goes on changing after the run: a call that the run never started is `superseded` once a newer plan takes it over, and
-- one in `sending` is settled as `unknown` by the next start. Reports say the same before and after.
CREATE FUNCTION call_kind(state text, reason text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN state = 'planned' OR (state = 'superseded' AND reason IN ('newer_plan', 'new_target')) THEN 'not_started'
    WHEN state = 'sending' THEN 'unknown'
    ELSE state
  END
$$;
COMMENT ON FUNCTION call_kind(text, text) IS 'What became of a call for the run that planned it: see reports/README.md.';
