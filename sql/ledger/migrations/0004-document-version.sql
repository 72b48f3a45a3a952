-- Counts the versions of each document, so that whoever receives one can tell a newer from an older (Redox: SetID and
-- VersionNumber of a document's header, as HL7's CDA has them). What a ledger of before holds was pushed without a number and
-- counts as the first version, and so does what a baseline finds at Redox.
ALTER TABLE encounter ADD COLUMN document_version integer NOT NULL DEFAULT 1 CHECK (document_version >= 0);
COMMENT ON COLUMN encounter.document_version IS 'VersionNumber of the push that was sent last. It grows when `sending` is committed and goes back where Redox certainly did not take it, so no number is used for two contents; an unknown outcome leaves a gap.';
-- A message is looked at before it is sent, and what is wrong with it is more than a closed list can say.
COMMENT ON COLUMN discrepancy.detail IS 'The particular case, from a closed list; of a message that was not sent, where and what is wrong, never the value; null where kind says all.';
