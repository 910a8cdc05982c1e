-- SPDX-License-Identifier: Apache-2.0
-- Content of secure elements: load files as providers gave them, what owners admit of them and why.

CREATE TABLE load_file_revision (          -- provider's: every load file that passed its gate; the newest of an AID is in executable_load_file
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  hash @BLOB@ NOT NULL,                    -- SHA-256 of the load file data block, GPCS C.2
  major @I64@ NOT NULL,
  minor @I64@ NOT NULL,
  content @BLOB@ NOT NULL,
  descriptor @BLOB@ NOT NULL,              -- stays at home when the file is loaded; without it no bytecode is judged (JCVM 6.14)
  at @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX load_file_revision_hash ON load_file_revision(party, hash);
CREATE INDEX load_file_revision_aid ON load_file_revision(party, aid, id);

CREATE TABLE admission_rule (              -- owner's: what it lays down beside the profiles
  id @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  kind @I64@ NOT NULL,                     -- 0 a hash is allowed, 1 a provider's AIDs begin so, 2 only allowed hashes
  provider @I64@ NOT NULL,                 -- 0: any
  value @BLOB@ NOT NULL,
  at @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX admission_rule_one ON admission_rule(owner, kind, provider, value);

CREATE TABLE admission (                   -- owner's: what was judged good, for whom, under which terms; goes when the rules change
  id @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  provider @I64@ NOT NULL,
  hash @BLOB@ NOT NULL,
  terms @BLOB@ NOT NULL,                   -- SHA-256 of what the profile asks of packages
  aid @BLOB@ NOT NULL,
  listed @I64@ NOT NULL,                   -- 1: the hash was on the allow-list
  at @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX admission_one ON admission(owner, provider, hash, terms);

CREATE TABLE aid_claim (                   -- owner's: the provider whose load file first brought an AID; packages and applets, not instances
  owner @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  provider @I64@ NOT NULL,
  at @I64@ NOT NULL,
  PRIMARY KEY (owner, aid)) @WITHOUT_ROWID@;

CREATE TABLE admitted_file (               -- owner's: octets of what it admitted, so that a former version can be put back (Amendment H)
  owner @I64@ NOT NULL,
  hash @BLOB@ NOT NULL,
  content @BLOB@ NOT NULL,
  PRIMARY KEY (owner, hash)) @WITHOUT_ROWID@;

CREATE TABLE offline_script (              -- owner's: scripts that were signed; their numbers ascend per writer (Amendment I)
  id @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  holder @BLOB@ NOT NULL,                  -- 5F20 of the certificate
  number @I64@ NOT NULL,
  commands @I64@ NOT NULL,
  hash @BLOB@ NOT NULL,
  at @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX offline_script_number ON offline_script(owner, holder, number);

ALTER TABLE usage ADD COLUMN peer @I64@ NOT NULL DEFAULT 0;   -- for whom it was done, 0: for the party itself
CREATE INDEX usage_party ON usage(party, at);
