-- What is known of organisations in the directory. $1: an OID, or null for all. One row per organisation.
SELECT o.oid, o.registered, o.active, o.registered_at, o.is_certain, o.last_event, o.last_state, o.last_reason, o.sending_at, r.run_id
FROM organization o
LEFT JOIN run r ON r.run_number = o.last_run
WHERE $1::text IS NULL OR o.oid = $1
ORDER BY o.oid
