-- SPDX-License-Identifier: Apache-2.0
-- What the service provider's online system is told (BSI TR-03165 clause 4.3): results wait here until it has taken them; and pictures of cards.

CREATE TABLE process_result (
  id @ID@ NOT NULL PRIMARY KEY,            -- ascends: results of one service instance are told in this order
  party @I64@ NOT NULL,
  config @I64@ NOT NULL,                   -- tr_entity of the SposConfig: the receiver
  instance @I64@ NOT NULL,                 -- the row's own id: the request failed before there was one
  trace @BLOB@ NOT NULL,                   -- of the order, empty where there is none
  state @I64@ NOT NULL,                    -- role/sp/spos/queue.h: waiting, taken, given up
  attempt @I64@ NOT NULL,                  -- how often the receiver refused this one
  due @I64@ NOT NULL,                      -- waiting: not before; never before that of an older one of its instance
  at @I64@ NOT NULL,                       -- when it was written; taken: when it was taken
  error @TEXT@ NOT NULL,                   -- why it still waits, for people
  body @TEXT@ NOT NULL) @STRICT@;          -- ProcessResult as JSON
CREATE INDEX process_result_instance ON process_result(config, instance, id) WHERE state = 0;
CREATE INDEX process_result_next ON process_result(config, id) WHERE state = 0;
CREATE INDEX process_result_due ON process_result(config, due) WHERE state = 0;
CREATE INDEX process_result_party ON process_result(party, id);

CREATE TABLE spos_receiver (               -- one a SposConfig that was told something
  config @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  since @I64@ NOT NULL,                    -- not reached since, 0: it is reached
  taken @I64@ NOT NULL,                    -- when it took a result last, 0: never
  error @TEXT@ NOT NULL) @STRICT@;         -- why it is not reached, for people
CREATE INDEX spos_receiver_party ON spos_receiver(party);

CREATE TABLE card_art (                    -- pictures of cards by the SHA-256 of their octets, and what the provider says of them
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  hash @TEXT@ NOT NULL,
  locale @TEXT@ NOT NULL,                  -- BCP 47, empty: for all
  service @TEXT@ NOT NULL,                 -- name or id of the service that shows it, empty: none yet
  type @TEXT@ NOT NULL,                    -- media type, found in the octets
  width @I64@ NOT NULL,
  height @I64@ NOT NULL,
  created @I64@ NOT NULL,
  bytes @I64@ NOT NULL,
  title @TEXT@ NOT NULL,
  content @BLOB@ NOT NULL) @STRICT@;
CREATE UNIQUE INDEX card_art_hash ON card_art(party, hash, locale, service);
CREATE INDEX card_art_service ON card_art(party, service, locale);
