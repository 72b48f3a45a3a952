-- Keeps the wrapped key. $1: wrapped. Gives nothing.
INSERT INTO data_key (wrapped) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET wrapped = excluded.wrapped, wrapped_at = now()
