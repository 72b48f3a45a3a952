-- Merges made before the clinic's first day; the visits stand with the survivors already.
COPY clinic.merge_log (retired_person_id, surviving_person_id, merged_at) FROM STDIN
