-- SPDX-License-Identifier: Apache-2.0
-- The tables of the main job. One text for SQLite and PostgreSQL: @ID@ @I64@ @BLOB@ @TEXT@ are the drivers' words, @STRICT@ the table option.
-- Ids are made by the application: 63 bits, ascending in time (41 ms | 10 node | 12 sequence). Times are microseconds UTC.

-- Parties are tenants: an SE owner, a service provider, or both.
CREATE TABLE party (
  id @ID@ NOT NULL PRIMARY KEY,
  name @TEXT@ NOT NULL UNIQUE,
  is_owner @I64@ NOT NULL,
  is_provider @I64@ NOT NULL,
  callback_url @TEXT@ NOT NULL,            -- where results are told, empty: nowhere
  partner_url @TEXT@ NOT NULL,             -- where its own TSM listens, empty: this process runs its roles
  created @I64@ NOT NULL) @STRICT@;

CREATE TABLE access_token (                -- bearer tokens, by their SHA-256
  hash @BLOB@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  role @TEXT@ NOT NULL,                    -- provider | operator
  created @I64@ NOT NULL) @STRICT@;

-- The owner's registry (GPCS 2.3.1 clause 6.4: what a card's registry holds, seen from the server).
CREATE TABLE se_profile (
  id @ID@ NOT NULL PRIMARY KEY,
  name @TEXT@ NOT NULL UNIQUE,
  body @TEXT@ NOT NULL) @STRICT@;          -- capabilities and quirks as data, order/profile.h

CREATE TABLE se (
  id @ID@ NOT NULL PRIMARY KEY,            -- also the id of its issuer security domain
  owner @I64@ NOT NULL,
  profile @I64@ NOT NULL,
  iccid @TEXT@,
  seid @TEXT@,                             -- EID or CPLC-derived identifier, hex
  msisdn @TEXT@,
  state @I64@ NOT NULL) @STRICT@;          -- order/states.h
CREATE UNIQUE INDEX se_iccid ON se(iccid) WHERE iccid IS NOT NULL;
CREATE UNIQUE INDEX se_seid ON se(seid) WHERE seid IS NOT NULL;
CREATE INDEX se_msisdn ON se(msisdn) WHERE msisdn IS NOT NULL;

CREATE TABLE security_domain (             -- supplementary ones; the issuer's is its SE
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,                    -- whose inventory this row belongs to
  se @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  parent @I64@ NOT NULL,
  tar @I64@ NOT NULL,                      -- TS 101 220 annex D; unique on the card
  holder @I64@ NOT NULL,                   -- the provider that it is for
  mode @I64@ NOT NULL,                     -- simple, delegated, authorized
  state @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX security_domain_aid ON security_domain(se, party, aid);

CREATE TABLE keyset (
  domain @I64@ NOT NULL,                   -- security_domain.id, or se.id for the issuer's
  party @I64@ NOT NULL,                    -- who holds the keys
  protocol @I64@ NOT NULL,                 -- 2 SCP02, 3 SCP03, 128 SCP80
  kvn @I64@ NOT NULL,
  id @I64@ NOT NULL,                       -- the AAD of the sealed keys
  state @I64@ NOT NULL,                    -- planned, live, unknown, retired
  sealed @BLOB@ NOT NULL,                  -- vault/keyset.h
  PRIMARY KEY (domain, party, protocol, kvn)) @WITHOUT_ROWID@;

CREATE TABLE counter (                     -- narrow and hot: reserved before a packet leaves
  keyset @ID@ NOT NULL PRIMARY KEY,
  next @I64@ NOT NULL) @STRICT@;

CREATE TABLE executable (
  id @ID@ NOT NULL PRIMARY KEY,
  se @I64@ NOT NULL,
  domain @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  hash @BLOB@ NOT NULL,
  bytes @I64@ NOT NULL) @STRICT@;          -- 0: its loading was begun, the card may have it
CREATE UNIQUE INDEX executable_aid ON executable(se, aid);

CREATE TABLE application (
  id @ID@ NOT NULL PRIMARY KEY,
  se @I64@ NOT NULL,
  domain @I64@ NOT NULL,
  executable @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  state @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX application_aid ON application(se, aid);

CREATE TABLE space_booking (
  id @ID@ NOT NULL PRIMARY KEY,
  se @I64@ NOT NULL,
  provider @I64@ NOT NULL,
  bytes @I64@ NOT NULL,
  expires @I64@ NOT NULL) @STRICT@;        -- 0: committed
CREATE UNIQUE INDEX space_booking_one ON space_booking(se, provider);

-- The provider's side, in the words of BSI TR-03165 clause 4.1.
CREATE TABLE service (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  name @TEXT@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX service_name ON service(party, name);
CREATE TABLE service_version (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  service @I64@ NOT NULL,
  name @TEXT@ NOT NULL,
  state @I64@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;
CREATE INDEX service_version_service ON service_version(service);
CREATE TABLE flavor (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  version @I64@ NOT NULL,
  name @TEXT@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;
CREATE INDEX flavor_version ON flavor(version);
CREATE TABLE executable_load_file (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  aid @BLOB@ NOT NULL,
  hash @BLOB@ NOT NULL,
  content @BLOB@ NOT NULL,                 -- the load file data block
  body @TEXT@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX executable_load_file_aid ON executable_load_file(party, aid);
CREATE TABLE application_config (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  load_file @I64@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;
CREATE TABLE perso_script (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  name @TEXT@ NOT NULL,
  body @TEXT@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX perso_script_name ON perso_script(party, name);
CREATE TABLE service_instance (            -- TR-03165 clause 3.2; terminate removes the row
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  service @I64@ NOT NULL,
  flavor @I64@ NOT NULL,
  se_kind @I64@ NOT NULL,                  -- which identifier names the SE
  se_ref @TEXT@ NOT NULL,
  domain @I64@ NOT NULL,                   -- the provider's own row of its security domain, 0: none yet
  aid @BLOB@ NOT NULL,
  dedup @BLOB@ NOT NULL,                   -- HMAC of card number, product and SE, empty before personalisation
  element @TEXT@ NOT NULL DEFAULT '',      -- the owner's own name of the SE, so that all identifiers of one SE are one
  state @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX service_instance_one ON service_instance(party, service, se_kind, se_ref);
CREATE UNIQUE INDEX service_instance_element ON service_instance(party, service, element) WHERE element <> '';
CREATE INDEX service_instance_dedup ON service_instance(party, dedup);

-- Orders and what happened to them.
CREATE TABLE orders (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  client_ref @TEXT@,
  operation @I64@ NOT NULL,
  instance @I64@ NOT NULL,
  service @TEXT@ NOT NULL,
  flavor @TEXT@ NOT NULL,
  se_kind @I64@ NOT NULL,
  se_ref @TEXT@ NOT NULL,
  trace @BLOB@ NOT NULL,
  session @TEXT@ NOT NULL,                 -- GP SERAM sessionId of this order, empty: not reached by a device
  digest @BLOB@ NOT NULL,                  -- of the request, so that a repeat with other content is seen
  data @BLOB@ NOT NULL,                    -- card data, still encrypted to the intake key; emptied after use
  state @I64@ NOT NULL,
  failure @TEXT@ NOT NULL,
  created @I64@ NOT NULL,
  updated @I64@ NOT NULL,
  deadline @I64@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX orders_client_ref ON orders(party, client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX orders_running ON orders(instance) WHERE state < 2;
CREATE INDEX orders_party ON orders(party, id);

CREATE TABLE event (                       -- the timeline, by trace
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  trace @BLOB@ NOT NULL,
  at @I64@ NOT NULL,
  station @I64@ NOT NULL,
  role @TEXT@ NOT NULL,
  step @TEXT@ NOT NULL,
  text @TEXT@ NOT NULL,
  apdus @TEXT@ NOT NULL) @STRICT@;         -- JSON, secrets masked
CREATE INDEX event_trace ON event(party, trace);

-- Work. One row a process of a role, an exchange with an SE, or a delivery; engine/job.h.
CREATE TABLE job (
  id @ID@ NOT NULL PRIMARY KEY,
  bucket @I64@ NOT NULL,                   -- hash(se) & 63: worker affinity and partitions later
  kind @I64@ NOT NULL,
  party @I64@ NOT NULL,
  se @I64@ NOT NULL,
  ref @I64@ NOT NULL,                      -- what it is about: order, domain, exchange
  trace @BLOB@ NOT NULL,
  key @TEXT@,                              -- idempotency key of who asked
  state @I64@ NOT NULL,                    -- waiting, ready, claimed, sent, done, failed
  step @I64@ NOT NULL,
  attempt @I64@ NOT NULL,
  due @I64@ NOT NULL,                      -- ready: not before; claimed: end of the lease; sent: when to ask what became of it
  owner @I64@ NOT NULL,                    -- the claim that holds the lease: time * 1024 + node
  deadline @I64@ NOT NULL,
  body @BLOB@ NOT NULL,                    -- what is asked
  progress @BLOB@ NOT NULL,                -- where it stands, never a secret
  answer @BLOB@ NOT NULL) @STRICT@;        -- the last answer, not yet read
CREATE INDEX job_due ON job(due, id, kind) WHERE state BETWEEN 1 AND 3;
CREATE UNIQUE INDEX job_key ON job(kind, party, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX job_one_active ON job(se) WHERE kind <= 2 AND state BETWEEN 1 AND 3;
CREATE INDEX job_waiting ON job(se, id) WHERE kind <= 2 AND state = 0;

CREATE TABLE conversation (                -- who holds an SE over several exchanges, by a lease
  se @ID@ NOT NULL PRIMARY KEY,
  holder @TEXT@ NOT NULL,
  lease_until @I64@ NOT NULL) @STRICT@;

CREATE TABLE stray_answer (                -- the newest answer of an SE that no exchange waited for: a second proof of receipt
  se @ID@ NOT NULL PRIMARY KEY,
  at @I64@ NOT NULL,
  answer @TEXT@ NOT NULL) @STRICT@;

CREATE TABLE seram_session (               -- GP SERAM: the sessionId is the bearer secret of one order
  id @TEXT@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  se @I64@ NOT NULL,
  state @I64@ NOT NULL,                    -- announced, started, over
  expires @I64@ NOT NULL) @STRICT@;

CREATE TABLE partner_message (             -- every call between parties, order/partner.h
  id @ID@ NOT NULL PRIMARY KEY,
  direction @I64@ NOT NULL,                -- 0 out, 1 in
  party @I64@ NOT NULL,                    -- who sends (out) or receives (in)
  peer @I64@ NOT NULL,
  verb @I64@ NOT NULL,
  key @TEXT@ NOT NULL,
  job @I64@ NOT NULL,                      -- the process that waits for the reply (out) or does the work (in)
  trace @BLOB@ NOT NULL,
  state @I64@ NOT NULL,                    -- new, delivered, replied
  at @I64@ NOT NULL,
  body @TEXT@ NOT NULL,                    -- emptied by the reply
  reply @TEXT@ NOT NULL) @STRICT@;         -- emptied when the asker has it
CREATE UNIQUE INDEX partner_message_key ON partner_message(direction, party, peer, key);

-- No audit, no change: leaves are written with the change that they tell of, each chained to the one before.
CREATE TABLE audit (
  seq @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  at @I64@ NOT NULL,
  trace @BLOB@ NOT NULL,
  what @TEXT@ NOT NULL,
  detail @TEXT@ NOT NULL,
  hash @BLOB@ NOT NULL) @STRICT@;
CREATE TABLE usage (
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  key @TEXT@ NOT NULL UNIQUE,
  trace @BLOB@ NOT NULL,
  at @I64@ NOT NULL,
  what @TEXT@ NOT NULL,
  units @I64@ NOT NULL) @STRICT@;
