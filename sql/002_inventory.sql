-- SPDX-License-Identifier: Apache-2.0
-- The owner's inventory: every name of a secure element, subscription and device behind it, check values of its keys, the catalogue of profiles.

ALTER TABLE se ADD COLUMN eid @TEXT@;
ALTER TABLE se ADD COLUMN cplc @TEXT@;     -- the 42 octets of 9F7F in hex
ALTER TABLE se ADD COLUMN subscription @I64@ NOT NULL DEFAULT 0;
ALTER TABLE se ADD COLUMN device @I64@ NOT NULL DEFAULT 0;
ALTER TABLE se ADD COLUMN successor @I64@ NOT NULL DEFAULT 0; -- the element that took its place, 0: none
CREATE UNIQUE INDEX se_eid ON se(eid) WHERE eid IS NOT NULL;
CREATE UNIQUE INDEX se_cplc ON se(cplc) WHERE cplc IS NOT NULL;

ALTER TABLE keyset ADD COLUMN kcv @BLOB@;  -- check values of the three keys as they were imported: a change is seen without the vault

ALTER TABLE se_profile ADD COLUMN owner @I64@ NOT NULL DEFAULT 0;   -- who brought it, 0: the house, for all owners
ALTER TABLE se_profile ADD COLUMN retired @I64@ NOT NULL DEFAULT 0; -- when no new element may have it any more, 0: in use
-- What an element has before it was looked at: nothing fits on it, and only an agent reaches it.
INSERT INTO se_profile(id, name, body, owner, retired) VALUES(1, 'unidentified',
  '{"name":"unidentified","bearer":"seram","isd_aid":"A000000151000000","memory":0,"protocol":3,"isd_kvn":255,"first_kvn":48,"own_kvn":49}', 0, 0);

CREATE TABLE provider_access (             -- an owner may shut a provider out of its elements; no row: it may
  owner @I64@ NOT NULL,
  provider @I64@ NOT NULL,
  allowed @I64@ NOT NULL,
  reason @TEXT@ NOT NULL,
  PRIMARY KEY (owner, provider)) @WITHOUT_ROWID@;
