-- Forgets what was registered of an organisation, because the directory says that it does not know it. $1: OID. Gives nothing.
UPDATE organization SET registered = NULL, active = NULL, registered_at = NULL, is_certain = true WHERE oid = $1
