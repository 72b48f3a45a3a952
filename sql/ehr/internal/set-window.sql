-- The window of a scan, for the rest of this transaction: COPY takes no parameters, so the composed query reads them back
-- with current_setting().
-- $1 text: from, inclusive. $2 text: until, exclusive. Instants in ISO 8601, or '' for none. One row.
SELECT set_config('redox_reconcile.from', $1::text, true) AS window_from,
       set_config('redox_reconcile.until', $2::text, true) AS window_until
