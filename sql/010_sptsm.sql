-- SPDX-License-Identifier: Apache-2.0
-- The administration interface of BSI TR-03165 clause 4.1: what a provider draws up, as it sees it. What orders take of it (service, service_version,
-- flavor, perso_script, load_file_revision) is made in the same transaction, with the same ids.

CREATE TABLE tr_entity (
  id @ID@ NOT NULL PRIMARY KEY,            -- that of the row that orders take, where there is one
  party @I64@ NOT NULL,                    -- 0: of the TSM itself, for everybody (SecureComponentProfile)
  kind @I64@ NOT NULL,                     -- role/sp/sptsm/model/entity.h
  parent @I64@ NOT NULL,                   -- 0: none
  uid @TEXT@ NOT NULL,                     -- UUID: the id that the provider sees
  tag @TEXT@ NOT NULL,                     -- of a Version, empty else
  published @I64@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;          -- JSON, as it is answered
CREATE UNIQUE INDEX tr_entity_uid ON tr_entity(uid);
CREATE UNIQUE INDEX tr_entity_tag ON tr_entity(parent, tag) WHERE tag <> '';
CREATE INDEX tr_entity_party ON tr_entity(party, kind, id);
CREATE INDEX tr_entity_parent ON tr_entity(parent, kind, id) WHERE parent <> 0;

CREATE TABLE tr_link (                     -- attributes that hold the id of another entity
  source @I64@ NOT NULL,
  target @I64@ NOT NULL,
  PRIMARY KEY (source, target)) @WITHOUT_ROWID@;
CREATE INDEX tr_link_target ON tr_link(target, source);

CREATE TABLE tr_pair (                     -- Version: (Flavor, SecureComponentProfile); Flavor: (ExecutableModule, ApplicationConfig)
  source @I64@ NOT NULL,
  one @I64@ NOT NULL,
  two @I64@ NOT NULL,
  PRIMARY KEY (source, one, two)) @WITHOUT_ROWID@;
CREATE INDEX tr_pair_one ON tr_pair(one, two);
CREATE INDEX tr_pair_two ON tr_pair(two, one);

CREATE TABLE tr_file (                     -- uploaded octets, as they came
  entity @ID@ NOT NULL PRIMARY KEY,
  hash @BLOB@ NOT NULL,                    -- load files: SHA-256 of the load file data block; empty else
  content @BLOB@ NOT NULL) @STRICT@;

CREATE TABLE tr_session (                  -- short-term bearer tokens, by their SHA-256
  hash @BLOB@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  expires @I64@ NOT NULL) @STRICT@;
CREATE INDEX tr_session_expires ON tr_session(expires);

DROP INDEX service_name;                   -- the TR lets two services have one name: orders may name a service by its id, too
CREATE INDEX service_name ON service(party, name, id);
ALTER TABLE service_version ADD COLUMN rank @I64@ NOT NULL DEFAULT 0; -- of its tag: a newer version's flavors are chosen first
