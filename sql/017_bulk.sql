-- SPDX-License-Identifier: Apache-2.0
-- One order for many service instances, by rules; and customers who must be known before their service is activated.

CREATE TABLE bulk (                        -- a provider's campaign
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  operation @I64@ NOT NULL,                -- of its orders, order/states.h
  service @I64@ NOT NULL,
  state @I64@ NOT NULL,                    -- role/sp/bulk/bulk.h
  job @I64@ NOT NULL,
  version @TEXT@ NOT NULL,                 -- update: the version that the instances get
  choice @TEXT@ NOT NULL,                  -- JSON, which instances were asked for
  total @I64@ NOT NULL,
  started @I64@ NOT NULL,                  -- since `begun`
  running @I64@ NOT NULL,
  done @I64@ NOT NULL,
  failed @I64@ NOT NULL,
  per_minute @I64@ NOT NULL,               -- 0: as fast as it goes
  at_once @I64@ NOT NULL,
  canary @I64@ NOT NULL,
  canary_holds @I64@ NOT NULL,
  stop_percent @I64@ NOT NULL,
  judged_from @I64@ NOT NULL,
  window_from @I64@ NOT NULL,              -- seconds of the UTC day; from = to: always
  window_to @I64@ NOT NULL,
  zone @I64@ NOT NULL,                     -- seconds east of UTC in which the window was said
  deadline @I64@ NOT NULL,                 -- 0: none
  validity_s @I64@ NOT NULL,               -- of each order
  place @I64@ NOT NULL,                    -- the last instance that was looked at
  begun @I64@ NOT NULL,                    -- or resumed, or its pace began anew
  created @I64@ NOT NULL,
  updated @I64@ NOT NULL,
  note @TEXT@ NOT NULL) @STRICT@;          -- why it stands where it stands
CREATE INDEX bulk_party ON bulk(party, id);

CREATE TABLE bulk_target (
  bulk @I64@ NOT NULL,
  instance @I64@ NOT NULL,
  state @I64@ NOT NULL,                    -- planned, running, done, failed
  ord @I64@ NOT NULL,                      -- its order, 0: none yet
  failure @TEXT@ NOT NULL,                 -- JSON, of one that failed
  PRIMARY KEY (bulk, instance)) @WITHOUT_ROWID@;
CREATE INDEX bulk_target_failed ON bulk_target(bulk, instance) WHERE state = 3;

CREATE TABLE bulk_failure (                -- how many failed for the same reason
  bulk @I64@ NOT NULL,
  reason @TEXT@ NOT NULL,
  n @I64@ NOT NULL,
  PRIMARY KEY (bulk, reason)) @WITHOUT_ROWID@;

ALTER TABLE orders ADD COLUMN bulk @I64@ NOT NULL DEFAULT 0;             -- the campaign that gave it

CREATE TABLE verification (                -- a provider's rule: how its customers are known before activation
  party @I64@ NOT NULL,
  service @I64@ NOT NULL,
  body @TEXT@ NOT NULL,                    -- JSON, role/sp/verify/setting.h
  PRIMARY KEY (party, service)) @WITHOUT_ROWID@;

CREATE TABLE verifying (                   -- an order that waits for its customer; goes when it waits no more
  ord @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  job @I64@ NOT NULL,                      -- the order's
  method @I64@ NOT NULL,                   -- code, hook
  tries @I64@ NOT NULL,                    -- that are left
  expires @I64@ NOT NULL,
  salt @BLOB@ NOT NULL,                    -- code: random
  hash @BLOB@ NOT NULL,                    -- code: HMAC of salt and code under a key of the token; the code is nowhere
  body @TEXT@ NOT NULL) @STRICT@;          -- the setting as it was when the order came here
