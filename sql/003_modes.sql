-- SPDX-License-Identifier: Apache-2.0
-- How content of security domains is managed: terms of a domain, delegation of a card, tokens and receipts, shared content, space by service.

ALTER TABLE security_domain ADD COLUMN privileges @I64@ NOT NULL DEFAULT 0;    -- beside those of the mode, 24 bits
ALTER TABLE security_domain ADD COLUMN nonvolatile @I64@ NOT NULL DEFAULT 0;   -- octets granted to it and to all below it, 0: no limit
ALTER TABLE security_domain ADD COLUMN volatile_room @I64@ NOT NULL DEFAULT 0;
ALTER TABLE security_domain ADD COLUMN dap @I64@ NOT NULL DEFAULT 0;           -- 1: it verifies DAP blocks
ALTER TABLE security_domain ADD COLUMN delegates @I64@ NOT NULL DEFAULT 31;    -- which commands get tokens, order/manage/authority.h
ALTER TABLE security_domain ADD COLUMN hand_over @I64@ NOT NULL DEFAULT 0;     -- how its first keys come to the provider, order/manage/mode.h
CREATE INDEX security_domain_se ON security_domain(se, party);

CREATE TABLE delegation (                  -- a card whose issuer's domain verifies tokens and makes receipts
  se @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  receipt_id @I64@ NOT NULL,               -- the AAD of the receipt key
  receipt_key @BLOB@ NOT NULL,             -- sealed; the card has it once `ready`
  unique_data @BLOB@ NOT NULL,             -- tags 42 and 45 as the first good receipt told them
  last @I64@ NOT NULL,                     -- counter of the newest receipt, -1: none yet
  ready @I64@ NOT NULL) @STRICT@;

CREATE TABLE dm_token (                    -- every token and what became of its command (GPCS C.4, C.5)
  id @ID@ NOT NULL PRIMARY KEY,
  se @I64@ NOT NULL,
  owner @I64@ NOT NULL,
  domain @I64@ NOT NULL,
  provider @I64@ NOT NULL,
  trace @BLOB@ NOT NULL,
  command @BLOB@ NOT NULL,                 -- plain, without the token
  state @I64@ NOT NULL,                    -- role/sem/modes/delegated/delegation.h
  counter @I64@ NOT NULL,                  -- of its receipt, -1: none
  at @I64@ NOT NULL,
  settled @I64@ NOT NULL) @STRICT@;
CREATE INDEX dm_token_se ON dm_token(se, id);

CREATE TABLE directory_entry (             -- the payment system environment that the owner keeps for all, EMV Book B 3.3
  se @I64@ NOT NULL,
  directory @BLOB@ NOT NULL,               -- AID of the environment
  application @BLOB@ NOT NULL,
  domain @I64@ NOT NULL,                   -- of whose provider it is listed
  entry @BLOB@ NOT NULL,                   -- what the environment says of it: grouping 9102 with this one alone
  listed @I64@ NOT NULL,                   -- 0: to be written, 1: on the card, 2: to be taken away
  PRIMARY KEY (se, directory, application)) @WITHOUT_ROWID@;

DROP INDEX space_booking_one;
ALTER TABLE space_booking ADD COLUMN ref @TEXT@ NOT NULL DEFAULT '';           -- AID of the domain or name of the service it is for
CREATE UNIQUE INDEX space_booking_one ON space_booking(se, provider, ref);

CREATE TABLE owner_dap (                   -- what the owner signed as verification authority: one block a load file and authority, for all cards
  owner @I64@ NOT NULL,
  domain @BLOB@ NOT NULL,                  -- AID of the domain with Mandated DAP
  hash @BLOB@ NOT NULL,
  block @BLOB@ NOT NULL,                   -- E2 {4F, C3}, GPCS table 11-58
  PRIMARY KEY (owner, domain, hash)) @WITHOUT_ROWID@;
