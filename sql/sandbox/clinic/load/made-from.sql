-- $1 seed, $2 first day of the clinic's future.
INSERT INTO clinic.made_from (seed, built_on) VALUES ($1::integer, $2::date)
