-- SPDX-License-Identifier: Apache-2.0
-- How the owner looks after its elements: acts on one element, campaigns over many, blocks, key sets on their way into a card, access rules.

-- One piece of work on one element: audit, repair, lock, unlock, terminate, rotation, access rules, contactless order.
CREATE TABLE care_act (
  id @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  se @I64@ NOT NULL,
  kind @I64@ NOT NULL,                     -- role/sem/care/act/act.h
  campaign @I64@ NOT NULL,                 -- 0: asked for alone
  state @I64@ NOT NULL,                    -- running, done, failed
  session @TEXT@ NOT NULL,                 -- GP SERAM sessionId for the device, empty: not reached by one
  trace @BLOB@ NOT NULL,
  created @I64@ NOT NULL,
  updated @I64@ NOT NULL,
  deadline @I64@ NOT NULL,
  ask @TEXT@ NOT NULL,                     -- JSON, what was asked
  result @TEXT@ NOT NULL,                  -- JSON, what was found or done
  failure @TEXT@ NOT NULL) @STRICT@;
CREATE INDEX care_act_se ON care_act(se, id);
CREATE INDEX care_act_running ON care_act(se) WHERE state = 0;

-- What the owner has closed, from the moment that it says so.
CREATE TABLE care_block (
  se @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,                     -- empty: the whole element
  holder @I64@ NOT NULL,                   -- whose work it stops, 0: everybody's
  at @I64@ NOT NULL,
  reason @TEXT@ NOT NULL,
  PRIMARY KEY (se, aid)) @WITHOUT_ROWID@;

-- A key set on its way into a card: from before PUT KEY until the card has proved one of the two.
CREATE TABLE key_rotation (
  domain @I64@ NOT NULL,
  party @I64@ NOT NULL,
  protocol @I64@ NOT NULL,
  old_kvn @I64@ NOT NULL,
  kvn @I64@ NOT NULL,
  id @I64@ NOT NULL,                       -- the AAD of the sealed keys
  sealed @BLOB@ NOT NULL,
  state @I64@ NOT NULL,                    -- planned, sent
  act @I64@ NOT NULL,
  PRIMARY KEY (domain, party)) @WITHOUT_ROWID@;

CREATE TABLE campaign (
  id @ID@ NOT NULL PRIMARY KEY,
  owner @I64@ NOT NULL,
  kind @I64@ NOT NULL,                     -- of its acts
  state @I64@ NOT NULL,                    -- running, paused, stopped, done
  job @I64@ NOT NULL,
  ask @TEXT@ NOT NULL,                     -- JSON, what each act is asked
  total @I64@ NOT NULL,
  started @I64@ NOT NULL,                  -- since `begun`
  running @I64@ NOT NULL,
  done @I64@ NOT NULL,
  failed @I64@ NOT NULL,
  per_minute @I64@ NOT NULL,               -- 0: as fast as it goes
  at_once @I64@ NOT NULL,
  canary @I64@ NOT NULL,
  stop_percent @I64@ NOT NULL,
  window_from @I64@ NOT NULL,              -- seconds of the UTC day; from = to: always
  window_to @I64@ NOT NULL,
  begun @I64@ NOT NULL,                    -- or resumed
  created @I64@ NOT NULL,
  updated @I64@ NOT NULL,
  note @TEXT@ NOT NULL) @STRICT@;          -- why it stands where it stands
CREATE INDEX campaign_owner ON campaign(owner, id);
CREATE TABLE campaign_member (
  campaign @I64@ NOT NULL,
  se @I64@ NOT NULL,
  state @I64@ NOT NULL,                    -- planned, running, done, failed
  act @I64@ NOT NULL,
  PRIMARY KEY (campaign, se)) @WITHOUT_ROWID@;
CREATE INDEX campaign_member_state ON campaign_member(campaign, state, se);

-- Which device applications may speak to which application of the element [GP Secure Element Access Control]: what is on the card.
CREATE TABLE access_rule (
  se @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,                     -- empty: every application without a rule of its own
  app_hash @BLOB@ NOT NULL,                -- SHA-1 or SHA-256 of the device application's certificate, empty: all
  filter @BLOB@ NOT NULL,                  -- APDU filters, 8 octets each; empty: all commands
  allowed @I64@ NOT NULL,
  PRIMARY KEY (se, aid, app_hash)) @WITHOUT_ROWID@;
CREATE TABLE access_template (             -- what applications of an AID get wherever they are installed
  owner @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  app_hash @BLOB@ NOT NULL,
  filter @BLOB@ NOT NULL,
  profile @TEXT@ NOT NULL,                 -- of the elements that it is for, empty: all
  PRIMARY KEY (owner, aid, app_hash, profile)) @WITHOUT_ROWID@;
