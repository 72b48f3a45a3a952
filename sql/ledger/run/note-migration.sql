-- Notes a migration as applied. $1: number. $2: name. Gives nothing.
INSERT INTO redox_reconcile.migration (number, name) VALUES ($1, $2)
