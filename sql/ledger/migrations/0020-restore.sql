-- A ledger that was restored, or failed over, has forgotten versions. So they follow the clock, and gaps between them mean nothing.
COMMENT ON COLUMN encounter.document_version IS 'VersionNumber of the push that was sent last, committed with `sending`: the greater of the one before plus one and the whole seconds since 2020-01-01 by the ledger''s clock. No number is used for two contents.';
